network n {
  input 3 x 32 x 32
  exit a at 0: conv3x3
  exit b at 0: relu(3)
  exit c at 0: relu/2
  exit d at 0: conv3x3(16, 16)
  exit f at 0: bn(eps = 0.1, eps = 0.2)
  exit g at 0: dropout(2)
  exit h at 0: linear
}
