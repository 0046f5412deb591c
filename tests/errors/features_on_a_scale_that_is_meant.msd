network n {
  input 3 x 8 x 8
  scales 2 { w 4 }
  stem conv3x3(w)
  vertical conv3x3(w)/2
  layers 3 { horizontal conv3x3(w) }
  layers 1 on 2 { diagonal conv3x3(w)/2 }
  exit at end on scale 2: gap linear(3)
}
