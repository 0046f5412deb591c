# msdnet_digits without dense connections: a layer sees the layer before it alone (Huang et al., ICLR 2018, ablation)
network without_dense(classes = 10, depth = 9, size = 16) {
  input 1 x size x size
  scales 3 {
    init   16, 32, 64
    growth  8, 16, 26
  }
  stem     conv3x3(init) bn relu
  vertical conv3x3(init)/2 bn relu
  layers depth plain(growth) {
    diagonal   conv3x3(share)/2 bn relu
    horizontal conv3x3(share) bn relu
  }
  reduce at 3, 7
  exits at 1..depth step 2: conv3x3(16) bn relu  gap linear(classes)
  expect params 113_448, macs 3_339_584
}
