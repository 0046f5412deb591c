network n {
  input 3 x 32.5 x 32
  stem conv3x3(16 relu
  exit at end: gap liner(10)
}
