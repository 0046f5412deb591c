# ResNeXt-50 32x4d (Xie et al., CVPR 2017), as torchvision's weights have it
import "blocks.msd"

network resnext50_32x4d(classes = 1000, size = 224) {
  input 3 x size x size
  scales 4 {
    depth 3, 4, 6, 3
    width 64 * 2^(s-1)
  }
  stem conv7x7(64)/2 bn relu  maxpool3x3/2
  stages { layer bottleneck(width, 2 * width, groups = 32)/stride }
  exit at end: gap linear(classes)
  expect params 25_028_904, macs 4_230_479_872
}
