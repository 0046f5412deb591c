network n(step = 2) {
  input 3 x 32 x 32
  exit at end: gap linear(10)
}
