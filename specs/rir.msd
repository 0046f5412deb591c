# ResNet in ResNet, 18 layers, CIFAR-10 (Targ et al., ICLR 2016 workshop)
block generalized(c) {
  r, t   = split(in, 2)  # the residual stream, which an identity accompanies, and the transient one
  skip   = r when stride == 1 and channels == 2*c else r -> conv1x1(c)/stride
  next_r = (r -> conv3x3(c)/stride) + skip + (t -> conv3x3(c)/stride) -> bn relu
  next_t = (t -> conv3x3(c)/stride) + (r -> conv3x3(c)/stride) -> bn relu
  out    = [next_r, next_t]
}

network rir(classes = 10, size = 32) {
  input 3 x size x size
  scales 3 {
    depth 4, 6, 6
    width 48 * 2^(s-1)
  }
  stem [conv3x3(width) bn relu, conv3x3(width) bn relu]
  stages { layer generalized(width)/stride }
  exit at end: conv1x1(classes) bn  gap flatten
  expect params 9_492_980, macs 1_279_279_104
}
