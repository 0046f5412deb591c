network n {
  input 3 x 32 x 32
  scales 3 { init 16, 32, 64; growth 6, 12, 24 }
  stem conv3x3(init) bn relu
  vertical conv3x3(init)/2 bn relu
  layers 8 on 1..2 dense(growth) { horizontal conv3x3(growth) bn relu }
  layers 1 on 3 plain { diagonal conv3x3(64)/2 bn relu }
  exit at end: gap linear(10)
}
