# DenseNet*: DenseNet-BC whose growth doubles after each transition (Huang et al., ICLR 2018), CIFAR-100
import "blocks.msd"

network densenet_star(classes = 100, size = 32, n = 8, k = 8) {
  input 3 x size x size
  scales 3 {
    depth  n
    growth k * 2^(s-1)  # more maps where they cost least
  }
  stem conv3x3(2 * k)
  stages dense {
    layer   dense_layer(growth)
    between dense_transition
  }
  exit at end: pooled(classes)
  expect params 710_172, macs 100_951_248
}
