network n {
  input 3 x 32 x 32
  scales 3 { init 16, 32, 64; growth 6, 12, 24 }
  stem conv3x3(init) bn relu
  vertical conv3x3(init)/2 bn relu
  layers 8 dense(growth) {
    diagonal conv3x3(share)/2 bm relu
    horizontal convv3x3(share) bn rellu
  }
  exits at 4..8 step 2: gap linear(10)
}
