block b(c) = [conv3x3(c), conv1x1(c) relu

network n {
  input 3 x 32 x 32
  stem b(16)
  exit at end: gap linear(10)
}
