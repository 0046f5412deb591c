block b(c) {
  y[1] = conv3x3(c)
  y1 = conv1x1(c)
  out = y1 + y[1]
}
network n {
  input 3 x 8 x 8
  stem b(3)
  exit at end: gap linear(10)
}
