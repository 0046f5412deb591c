network n {
  input 3 x 8 x 8
  stm conv3x3(4)
  layer 2 { horizontal conv3x3(4) }
  exit at end: gap linear(3)
}
