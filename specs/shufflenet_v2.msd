# ShuffleNetV2 x1.0 (Ma et al., ECCV 2018), as torchvision's weights have it
block branch(c) = conv1x1(c) bn relu  dwconv3x3/stride bn  conv1x1(c) bn relu

block unit(c) {
  kept, changed = split(in, 2)
  out           = [kept, changed -> branch(c)] -> shuffle(2)
}

block smaller(c) = [dwconv3x3/2 bn  conv1x1(c) bn relu, branch(c)/2] -> shuffle(2)

network shufflenet_v2(classes = 1000, size = 224) {
  input 3 x size x size
  scales 3 {
    depth 4, 8, 4
    ratio 2, 2, 2
    width 58 * 2^(s-1)  # of each half
  }
  stem conv3x3(24)/2 bn relu  maxpool3x3/2
  stages { layer smaller(width) when stride == 2 else unit(width) }
  exit at end: conv1x1(1024) bn relu  gap linear(classes)
  expect params 2_278_604, macs 144_907_992
}
