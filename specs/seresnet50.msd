# SE-ResNet-50 (Hu et al., CVPR 2018): the gate stands before the addition; the stride is the 3x3's
import "blocks.msd"

block main(c) = conv1x1(c) bn relu  conv3x3(c)/stride bn relu  conv1x1(4 * c) bn  se(4 * c)
block unit(c) = main(c)/stride + shortcut(4 * c)/stride -> relu

network seresnet50(classes = 1000, size = 224) {
  input 3 x size x size
  scales 4 {
    depth 3, 4, 6, 3
    width 64 * 2^(s-1)
  }
  stem conv7x7(64)/2 bn relu  maxpool3x3/2
  stages { layer unit(width)/stride }
  exit at end: gap linear(classes)
  expect params 28_088_024, macs 4_091_699_200
}
