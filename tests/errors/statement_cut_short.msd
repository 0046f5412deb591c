network n {
  input 3 x 32 x
  stem conv3x3(16)
  layers 2 { horizontal }
  exit at end:
}
