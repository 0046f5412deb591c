# Wide ResNet 28-10 (Zagoruyko et al., BMVC 2016), pre-activation, CIFAR-10
import "blocks.msd"

block main(c) = conv3x3(c)/stride bn relu  conv3x3(c)
block wider(c) = bn relu -> (main(c)/stride + conv1x1(c)/stride)
block unit(c) = (bn relu main(c)) + in when channels == c else wider(c)/stride

network wrn28_10(classes = 10, size = 32, widen = 10) {
  input 3 x size x size
  scales 3 {
    depth 4
    width 16 * widen * 2^(s-1)
  }
  stem conv3x3(16)
  stages { layer unit(width)/stride }
  exit at end: pooled(classes)
  expect params 36_479_194, macs 5_243_328_768
}
