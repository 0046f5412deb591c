network n {
  input 3 x 32 x 32
  scales 2 { w 4, 8 }
  stem conv3x3(w)
  vertical conv3x3(w)/2
  layers 2 dense { diagonal conv3x3(16)/2 }
  exit at end: gap linear(10)
}
