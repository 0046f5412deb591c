network n {
  input 3 x 32 x 32
  scales 999999 { width 16 }
  stem conv3x3(16)
  exit at end: gap linear(10)
}
