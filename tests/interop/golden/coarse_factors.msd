# MSDNet for CIFAR-10, 8 layers and 1 exit, imported from its PyTorch port; the flags there:
# --data cifar10 --nBlocks 1 --base 8 --stepmode lin_grow --step 1 --nChannels 3 --growthRate 2 --grFactor 3-6-12
# --bnFactor 1-2-4 --prune max --reduction 0.5 --bottleneck True --image-size 32
import "blocks.msd"

network coarse_factors(classes = 10, size = 32) {
  input 3 x size x size
  scales 3 {
    init   9, 18, 36
    growth 6, 12, 24
    widen  1,  2,  4
    factor 3,  6, 12
  }
  stem     conv3x3(init) bn relu
  vertical conv3x3(init)/2 bn relu
  layers 8 dense(growth) {
    diagonal   h(share, widen[s-1])/2
    horizontal h(share, widen)
  }
  reduce at 3, 6: conv1x1(floor(0.5*channels/factor) * factor) bn relu
  exit at 8: classifier(128, classes)
  expect params 388_847, macs 17_258_240
}
