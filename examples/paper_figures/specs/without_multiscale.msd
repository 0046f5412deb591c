# msdnet_digits without multiple scales: a DenseNet of one resolution at a time (Huang et al., ICLR 2018, ablation)
network without_multiscale(classes = 10, size = 16) {
  input 1 x size x size
  scales 3 {
    depth  3
    growth 5, 11, 20
  }
  stem conv3x3(8) bn relu
  stages dense {
    layer   conv3x3(growth) bn relu
    between conv3x3(growth)/2 bn relu
  }
  exits at 1..9 step 2: conv3x3(16) bn relu  gap linear(classes)
  expect params 68_678, macs 3_412_448
}
