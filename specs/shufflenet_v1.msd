# ShuffleNet 1x, 3 groups (Zhang et al., CVPR 2018)
import "blocks.msd"

network shufflenet_v1(classes = 1000, size = 224) {
  input 3 x size x size
  scales 3 {
    depth 4, 8, 4
    ratio 2, 2, 2
    width 240 * 2^(s-1)
  }
  stem conv3x3(24)/2 bn relu  maxpool3x3/2
  stages { layer shufflenet_unit(width, 3, first = 1 when l == 1 else 3)/stride }  # at first 24 maps: no groups yet
  exit at end: gap linear(classes)
  expect params 1_865_728, macs 137_460_672
}
