network n(g = 7) {
  input 3 x 32 x 33/2
  scales 5/2
  layers 1/2 { horizontal relu }
  exit at end: gap linear(10)
}
