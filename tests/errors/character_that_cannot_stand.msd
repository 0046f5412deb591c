network n {
  input 3 x 32 x 32
  stem conv3x3(16) $ relu
  exit at end: gap linear(10)
}
