# DenseNet-121 (Huang et al., CVPR 2017), as torchvision's weights have it
import "blocks.msd"

network densenet121(classes = 1000, size = 224, k = 32) {
  input 3 x size x size
  scales 4 { depth 6, 12, 24, 16 }
  stem conv7x7(2 * k)/2 bn relu  maxpool3x3/2
  stages dense {
    layer   dense_layer(k)
    between dense_transition
  }
  exit at end: pooled(classes)
  expect params 7_978_856, macs 2_834_161_664
}
