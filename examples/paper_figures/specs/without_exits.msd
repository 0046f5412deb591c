# msdnet_digits without intermediate exits: one classifier at the end (Huang et al., ICLR 2018, ablation)
network without_exits(classes = 10, depth = 9, size = 16) {
  input 1 x size x size
  scales 3 {
    init   8, 18, 36
    growth 4,  8, 20
  }
  stem     conv3x3(init) bn relu
  vertical conv3x3(init)/2 bn relu
  layers depth dense(growth) {
    diagonal   conv3x3(share)/2 bn relu
    horizontal conv3x3(share) bn relu
  }
  reduce at 3, 7: conv1x1(compress(0.5)) bn relu
  exit at end: conv3x3(16) bn relu  gap linear(classes)
  expect params 141_269, macs 3_326_736
}
