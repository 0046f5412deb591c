network n {
  input 3 x 32 x 32
  scales 2 { depth 2, 2 }
  stages { between maxpool2x2/2 }
  exit at end: gap linear(10)
}
