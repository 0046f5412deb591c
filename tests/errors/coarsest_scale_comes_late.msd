network n {
  input 3 x 32 x 32
  scales 2 { width 16, 32 }
  stem conv3x3(width) bn relu
  layers 2 on 1 { horizontal conv3x3(width) bn relu }
  layers 1 on 2 { diagonal conv3x3(width)/2 bn relu }
  layers 2 { horizontal conv3x3(width) bn relu }
  exit at 2: gap linear(10)
  exit at end: gap linear(10)
}
