block fractal(C, c) =
  conv3x3(c) bn relu when C == 1 else (conv3x3(c) bn relu, mean(fractal(C-1, c)) -> fractal(C-1, c))

network n {
  input 3 x 32 x 32
  stem mean(fractal(60, 8))
  exit at end: gap linear(10)
}
