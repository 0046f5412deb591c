# ResNet-18 (He et al., CVPR 2016), as torchvision's weights have it
import "blocks.msd"

network resnet18(classes = 1000, size = 224) {
  input 3 x size x size
  scales 4 {
    depth 2, 2, 2, 2
    width 64 * 2^(s-1)
  }
  stem conv7x7(64)/2 bn relu  maxpool3x3/2
  stages { layer basic(width)/stride }
  exit at end: gap linear(classes)
  expect params 11_689_512, macs 1_814_073_344
}
