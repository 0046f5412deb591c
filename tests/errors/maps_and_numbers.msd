network n {
  input 3 x 32 x 32
  stem conv3x3(16) / 2 - conv3x3(8)
  layers 1 { horizontal 1 - (conv3x3(16) % 2) }
  exit at end: gap linear(10)
}
