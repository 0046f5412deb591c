network n {
  input 3 x 32 x 32
  scales 3 { growth 6, 12, 24; init 16, 32, 65 }
  stem convv3x3(init) bn relu
  vertical conv3x3(init)/2 bn relu
  layers 8 dense(growth) {
    diagonal conv3x3(share)/2 bn relu
    horizontal conv3x3(share) bn relu
  }
  exits at 4..8 step 2: conv3x3(128)/2 linear(10)
}
