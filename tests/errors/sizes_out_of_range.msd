network n(g = 7) {
  input 0 x 32 x 200000
  layers 0 { horizontal conv3x3(16) }
  exit at end: gap linear(10)
}
