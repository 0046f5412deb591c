block b {
  p   = conv3x3(4)
  q   = conv3x3(4)
  out = p -> q
}
network n {
  input 3 x 8 x 8
  stem b
  exit at end: gap linear(2)
}
