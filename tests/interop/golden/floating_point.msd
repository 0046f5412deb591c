# MSDNet for CIFAR-10, 8 layers and 1 exit, imported from its PyTorch port; the flags there:
# --data cifar10 --nBlocks 1 --base 8 --stepmode lin_grow --step 1 --nChannels 32 --growthRate 6 --grFactor 1-2-4
# --bnFactor 1-2-4 --prune max --reduction 0.58 --bottleneck True --image-size 32
import "blocks.msd"

network floating_point(classes = 10, size = 32) {
  input 3 x size x size
  scales 3 {
    init   32, 64, 128
    growth  6, 12,  24
    widen   1,  2,   4
    factor  1,  2,   4
  }
  stem     conv3x3(init) bn relu
  vertical conv3x3(init)/2 bn relu
  layers 8 dense(growth) {
    diagonal   h(share, widen[s-1])/2
    horizontal h(share, widen)
  }
  reduce at 3: conv1x1(32 * factor) bn relu  # floor(0.58 * 56) in floating point, as in the port
  reduce at 6: conv1x1(28 * factor) bn relu  # floor(0.58 * 50) in floating point, as in the port
  exit at 8: classifier(128, classes)
  expect params 631_938, macs 37_747_968
}
