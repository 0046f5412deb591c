block f(n) = relu g(n)
block g(n) = relu f(n)

network n {
  input 3 x 32 x 32
  stem f(4)
  exit at end: gap linear(10)
}
