network n {
  input 3 x 32 x 32
  scales 3 { init 16, 32, 64; growth 6, 12, 24 }
  stem conv3x3(init) bn relu
  vertical conv3x3(init)/2 bn relu
  layers 2 dense(growth) {
    diagonal conv3x3(share)/2
    horizontal conv3x3(share)
    join sum
  }
  exit at end: gap linear(10)
}
