network n {
  input 3 x 32 x 32
  exit a at 0: flatten conv3x3(16)
  exit b at 0: linear(16) bn
}
