network n {
  input 3 x 32 x 32
  scales 3 { init 16, 32, 64; widen 1, 2, 4 }
  stem conv3x3(init) bn relu
  vertical conv3x3(init[s+1])/2 bn relu
  layers 2 dense { horizontal conv3x3(wide[s]) }
  exit at end: gap linear(10)
}
