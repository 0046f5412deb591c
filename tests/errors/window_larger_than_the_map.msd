network n {
  input 3 x 8 x 8
  stem conv3x3(16)/2
  layers 3 { horizontal conv3x3(16, valid) }
  exit at end: gap linear(10)
}
