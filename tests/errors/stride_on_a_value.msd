block b { main = conv3x3(8); out = main/2 }
network n {
  input 8 x 32 x 32
  stem b
  layers 1 { horizontal relu/2 }
  layers 1 { horizontal (conv3x3(8) relu)/2 }
  exit at end: gap linear(10)
}
