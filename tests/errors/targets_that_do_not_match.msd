block b { a, c = split(in, 3); out = a + c }

network n {
  input 6 x 32 x 32
  stem b
  exit at end: gap linear(10)
}
