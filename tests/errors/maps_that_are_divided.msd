network n {
  input 3 x 64 x 64
  stem in / 2
  exit at end: in * in / 2 -> gap linear(10)
}
