block b {
  y[1] = in
  y[i] = y[i-1] -> conv3x3(8) for i in 2..4
  out = y + y[5] + y[1] -> relu
}

network n {
  input 8 x 32 x 32
  stem b
  exit at end: gap linear(10)
}
