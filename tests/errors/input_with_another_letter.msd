network n {
  input 3 by 32 x 32
  stem conv3x3(16)
  exit at end: gap linear(10)
}
