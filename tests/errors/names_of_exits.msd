network n {
  input 3 x 32 x 32
  scales 3 { init 16, 32, 64; growth 6, 12, 24 }
  stem conv3x3(init) bn relu
  vertical conv3x3(init)/2 bn relu
  layers 8 dense(growth) {
    diagonal conv3x3(share)/2 bn relu
    horizontal conv3x3(share) bn relu
  }
  exit aux at 4: gap linear(10)
  exit aux at 8: gap linear(10)
}
