network n {
  input 3 x 32 x 32
  stem conv3x3(16)
  exit a at 0: conv3x3(16) + conv3x3(32)
  exit b at 0: conv3x3(16) * conv3x3(24)/2
  exit c at 0: mean(conv3x3(24), conv3x3(24), conv3x3(23))
}
