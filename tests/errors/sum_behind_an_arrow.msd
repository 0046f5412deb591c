network n {
  input 3 x 64 x 64
  stem conv3x3(8) -> relu + bn
  exit at end: gap linear(10)
}
