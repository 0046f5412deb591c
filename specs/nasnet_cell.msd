# The normal cell of NASNet-A (Zoph et al., CVPR 2018, figure 4): the first stage of its 6 @ 768, CIFAR-10
default bn(eps = 0.001)

block sep3(c) = relu dwconv3x3 conv1x1(c) bn  relu dwconv3x3 conv1x1(c) bn
block sep5(c) = relu dwconv5x5 conv1x1(c) bn  relu dwconv5x5 conv1x1(c) bn
block around = avgpool3x3(exclude)

block cell(c, before) {  # h: from the cell before; p: from the one before that
  h    = relu conv1x1(c) bn
  p    = before -> relu conv1x1(c) bn
  y[1] = (h -> sep5(c)) + (p -> sep3(c))
  y[2] = (p -> sep5(c)) + (p -> sep3(c))
  y[3] = (h -> around) + p
  y[4] = (p -> around) + (p -> around)
  y[5] = (h -> sep3(c)) + h
  out  = [p, y[1], y[2], y[3], y[4], y[5]]
}

block cells(n, c, before) = identity when n == 0 else cell(c, before) -> cells(n - 1, c, in)

network nasnet_cell(classes = 10, size = 32, n = 6, c = 32) {
  input 3 x size x size
  stem conv3x3(3 * c) bn
  layers 1 { horizontal cells(n, c, in) }
  exit at end: relu gap linear(classes)
  expect params 164_842, macs 161_908_608
}
