block b(c, w = 2) = conv3x3(c * w)
network n {
  input 3 x 32 x 32
  stem b
  layers 1 { horizontal b(1, 2, 3) }
  layers 1 { horizontal b(1, width = 2) }
  layers 1 { horizontal b(1, c = 2) }
  layers 1 { horizontal b(w = 1) }
  exit at end: gap linear(10)
}
