# ResNet-MC for digits: a ResNet with classifiers at five depths (Huang et al., ICLR 2018, section 5)
import "blocks.msd"

network resnet_mc(classes = 10, size = 16) {
  input 1 x size x size
  scales 3 {
    depth 3  # blocks per resolution
    width 9, 19, 38
  }
  stem conv3x3(width) bn relu
  stages { layer basic(width)/stride }
  exits at 1, 3, 5, 7: gap linear(classes)
  exit at end:         gap linear(classes)
  expect params 96_714, macs 3_445_930
}
