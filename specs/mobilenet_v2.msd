# MobileNetV2 1.0 (Sandler et al., CVPR 2018), as torchvision's weights have it: inverted residuals
block inverted(c, t) {
  wide = identity when t == 1 else conv1x1(t * channels) bn relu6
  main = wide -> dwconv3x3/stride bn relu6  conv1x1(c) bn
  out  = main + in when stride == 1 and channels == c else main
}

network mobilenet_v2(classes = 1000, size = 224) {
  input 3 x size x size
  scales 7 {  # table 2 of the paper
    depth   1,  2,  3,  4,  3,   3,   1
    ratio   1,  2,  2,  2,  1,   2,   1
    expand  1,  6,  6,  6,  6,   6,   6
    width  16, 24, 32, 64, 96, 160, 320
  }
  stem conv3x3(32)/2 bn relu6
  stages { layer inverted(width, expand)/stride }
  exit at end: conv1x1(1280) bn relu6  gap dropout(0.2)  linear(classes)
  expect params 3_504_872, macs 300_774_272
}
