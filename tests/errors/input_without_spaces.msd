network n {
  input 3x32x32
  stem conv3x3(16)
  exit at end: gap linear(10)
}
