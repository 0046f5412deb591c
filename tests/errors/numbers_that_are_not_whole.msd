network n(g = 7) {
  input 3 x 32 x 32
  exit a at 0: conv3x3(g/2)
  exit b at 0: conv3x3(16)/1.5
  exit c at 0: conv3x3(16, groups = 0.5)
  exit d at 1/2: relu
  exit f at 0: linear(g/3)
}
