network n {
  input 4 x 32 x 32
  exit a at 0: (conv3x3(16), conv3x3(16))
  exit b at 0: conv3x3(4) split(2) relu
}
