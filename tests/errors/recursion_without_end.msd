block f(n) = conv3x3(16) f(n)
block g(n) = conv3x3(16) g(n + 1) when n > 0 else relu
block h(n) = conv3x3(16) h(n - 1)

network n {
  input 3 x 32 x 32
  stem f(3) g(3) h(3)
  exit at end: gap linear(10)
}
