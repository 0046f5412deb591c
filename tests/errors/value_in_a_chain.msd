block b { main = conv3x3(8); out = conv3x3(8) main }

network n {
  input 8 x 32 x 32
  stem b
  exit at end: gap linear(10)
}
