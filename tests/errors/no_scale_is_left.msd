network n {
  input 3 x 32 x 32
  scales 2 { w 4, 8 }
  stem conv3x3(w)
  vertical conv3x3(w)/2
  layers 2 { diagonal conv3x3(w)/2 }
  reduce in 2 blocks
  exit at end: gap linear(10)
}
