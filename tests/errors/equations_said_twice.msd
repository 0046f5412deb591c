block b(c) {
  main = conv3x3(c)
  main = conv1x1(c)
  y[1] = relu(c)
  y[1] = in
  out = main
}

network n {
  input 3 x 32 x 32
  stem b(16)
  exit at end: gap linear(10)
}
