# ResNet-50 (He et al., CVPR 2016), as torchvision's weights have it
import "blocks.msd"

network resnet50(classes = 1000, size = 224) {
  input 3 x size x size
  scales 4 {
    depth 3, 4, 6, 3
    width 64 * 2^(s-1)
  }
  stem conv7x7(64)/2 bn relu  maxpool3x3/2
  stages { layer bottleneck(width)/stride }
  exit at end: gap linear(classes)
  expect params 25_557_032, macs 4_089_184_256
}
