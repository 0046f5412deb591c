# MSDNet for CIFAR-10, 6 layers and 2 exits, imported from its PyTorch port; the flags there:
# --data cifar10 --nBlocks 2 --base 4 --stepmode lin_grow --step 1 --nChannels 32 --growthRate 6 --grFactor 2
# --bnFactor 1 --prune max --reduction 0.5 --bottleneck True --image-size 12
import "blocks.msd"

network one_scale(classes = 10, size = 12) {
  input 3 x size x size
  scales 1 {
    init   64
    growth 12
    widen  1
  }
  stem conv3x3(init) bn relu
  layers 6 dense(growth) { horizontal h(share, widen) }
  exits at 4, 6: classifier(128, classes)
  expect params 600_900, macs 15_284_992
}
