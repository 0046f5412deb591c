# MSDNet's ablation study, without all three: a network like VGG (Huang et al., ICLR 2018)
import "blocks.msd"

network ablation_vgg_like(classes = 100, size = 32, g = 43) {
  input 3 x size x size
  scales 3 {
    depth 6, 6, 4
    width g * 2^(s-1)
  }
  stem conv3x3(width) bn relu
  stages {
    layer   conv3x3(width) bn relu
    between conv3x3(width)/2 bn relu
  }
  exit at end: classifier(128, classes)
  expect params 2_094_363, macs 294_648_320
}
