network n {
  input 3 x 8 x 8
  scales 2 { depth 2, 2 }
  stem conv3x3(4)
  layers 1 { horizontal bn }
  stages { layer bn }
  reduce at 3: bn
  exit at end: gap linear(2)
}
