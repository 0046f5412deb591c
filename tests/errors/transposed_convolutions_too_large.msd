network n {
  input 3 x 32 x 32
  layers 9 { horizontal deconv2x2(2, up = 1_000_000) }
  exit at end: gap linear(10)
}
