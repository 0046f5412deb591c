default cnov(bias)
default bn(epsilon = 0.1)

network n {
  input 3 x 32 x 32
  default relu(3)
  stem conv3x3(16) bn relu
  exit at end: gap linear(10)
}
