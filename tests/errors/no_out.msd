block b(c) { main = conv3x3(c); skip = identity }

network n {
  input 3 x 32 x 32
  stem b(16)
  exit at end: gap linear(10)
}
