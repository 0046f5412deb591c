network n {
  input 3 x 32 x 32
  exit at end: gap linear(10)
}

network n {
  input 3 x 64 x 64
  exit at end: gap linear(10)
}
