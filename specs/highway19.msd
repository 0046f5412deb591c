# Highway network with 19 layers, CIFAR-10 (Srivastava et al., NIPS 2015), as in the authors' prototxt: pools round up
block highway {
  h   = conv3x3(channels, bias) relu
  t   = conv3x3(channels, bias) sigmoid  # the transform gate: what it does not let through is carried on
  out = h*t + in*(1-t)
}

network highway19(classes = 10, size = 32) {
  input 3 x size x size
  scales 3 {
    depth  4,  5,   5
    width 32, 80, 128
  }
  block entry = dropout(0.2) conv3x3(width, bias) relu
  stem entry
  stages {
    layer   highway
    between maxpool2x2(ceil)/2 entry
  }
  exit at end: conv1x1(100, bias) relu  avgpool8x8(ceil)/8 dropout(0.2)  linear(classes)
  expect params 2_256_838, macs 330_826_728
}
