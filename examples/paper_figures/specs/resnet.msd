# ResNet-MC for digits without its intermediate classifiers (Huang et al., ICLR 2018, section 5)
import "blocks.msd"

network resnet(classes = 10, size = 16) {
  input 1 x size x size
  scales 3 {
    depth 3  # blocks per resolution
    width 9, 19, 38
  }
  stem conv3x3(width) bn relu
  stages { layer basic(width)/stride }
  exit at end: gap linear(classes)
  expect params 95_924, macs 3_445_180
}
