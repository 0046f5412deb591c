network n {
  input 3 x 32 x 32
  stem conv3x3(16, group = 2, dilatation = 2) bn(epsilon = 0.1) relu
  exit at end: gap linear(10)
}
