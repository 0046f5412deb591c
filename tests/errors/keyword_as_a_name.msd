let up = 3
block sweep(c) = conv3x3(c)

network n {
  input 3 x 32 x 32
  let layers = 4
  stem conv3x3(step)
  exit at end: gap linear(10)
}
