network n {
  stem conv3x3(16)
  exit at end: gap linear(10)
}
