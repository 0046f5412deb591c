network n {
  input 3 x 64 x 64
  stem [fit, conv3x3(8) crop]
  exit at end: gap linear(10)
}
