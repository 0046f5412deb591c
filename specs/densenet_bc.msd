# DenseNet-BC, 100 layers, k = 12, CIFAR-10 (Huang et al., CVPR 2017)
import "blocks.msd"

network densenet_bc(classes = 10, size = 32, n = 16, k = 12) {
  input 3 x size x size
  scales 3 { depth n }  # 3 blocks of n layers, each two deep, and 4 more: 6*n + 4 layers
  stem conv3x3(2 * k)
  stages dense {
    layer   dense_layer(k)
    between dense_transition
  }
  exit at end: pooled(classes)
  expect params 769_162, macs 287_929_692
}
