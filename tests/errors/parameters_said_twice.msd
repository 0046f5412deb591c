block b(c, c) = conv3x3(c)

network n {
  input 3 x 32 x 32
  stem b(4)
  exit at end: gap linear(10)
}
