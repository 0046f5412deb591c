network n {
  input 3 x 32 x 32
  stem conv3x3(8)
  exit at end: in - conv3x3(8)/2 -> gap linear(10)
}
