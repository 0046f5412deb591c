# MobileNet 1.0 (Howard et al., 2017), as pytorchcv's weights have it: depthwise separable convolutions
block separable(c) = dwconv3x3/stride bn relu  conv1x1(c) bn relu

network mobilenet_v1(classes = 1000, size = 224) {
  input 3 x size x size
  scales 5 {
    depth 1, 2, 2, 6, 2
    width 64 * 2^(s-1)
  }
  stem conv3x3(32)/2 bn relu
  stages { layer separable(width)/stride }
  exit at end: gap linear(classes)
  expect params 4_231_976, macs 568_740_352
}
