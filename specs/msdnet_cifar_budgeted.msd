# MSDNet for budgeted batches on CIFAR: K exits, the k-th k layers after the one before (Huang et al., ICLR 2018)
import "blocks.msd"

network msdnet_cifar_budgeted(classes = 100, K = 8, size = 32) {
  input 3 x size x size
  scales 3 {
    init   16, 32, 64
    growth  6, 12, 24
    widen   1,  2,  4
  }
  stem     conv3x3(init) bn relu
  vertical conv3x3(init)/2 bn relu
  layers K*(K+1)/2 dense(growth) {
    diagonal   h(share, widen[s-1])/2
    horizontal h(share, widen)
  }
  reduce in 3 blocks: conv1x1(compress(0.5)) bn relu
  exits at n*(n+1)/2 for n in 1..K: classifier(128, classes)
  expect params 5_310_564, macs 191_821_824
}
