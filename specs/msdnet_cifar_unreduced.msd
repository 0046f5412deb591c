# MSDNet for anytime prediction on CIFAR, without network reduction: every scale stays (Huang et al., ICLR 2018)
import "blocks.msd"

network msdnet_cifar_unreduced(classes = 100, depth = 24, size = 32) {
  input 3 x size x size
  scales 3 {
    init   16, 32, 64
    growth  6, 12, 24
    widen   1,  2,  4
  }
  stem     conv3x3(init) bn relu
  vertical conv3x3(init)/2 bn relu
  layers depth dense(growth) {  # the last layers' fine scales reach no exit: they are dropped, and a note says so
    diagonal   h(share, widen[s-1])/2
    horizontal h(share, widen)
  }
  exits at 4..depth step 2: classifier(128, classes)
  expect params 7_641_276, macs 199_485_952
}
