# MSDNet for CIFAR-10, 8 layers and 1 exit, imported from its PyTorch port; the flags there:
# --data cifar10 --nBlocks 1 --base 8 --stepmode lin_grow --step 1 --nChannels 32 --growthRate 6 --grFactor 1-2-4
# --bnFactor 1-2-4 --prune min --reduction 0.3333333333333333 --bottleneck True --image-size 32
import "blocks.msd"

network beyond_exact_numbers(classes = 10, size = 32) {
  input 3 x size x size
  scales 3 {
    init   32, 64, 128
    growth  6, 12,  24
    widen   1,  2,   4
    factor  1,  2,   4
  }
  stem     conv3x3(init) bn relu
  vertical conv3x3(init)/2 bn relu
  layers 8 dense(growth) {  # --prune min: fine scales leave where no exit needs them any more
    diagonal   h(share, widen[s-1])/2
    horizontal h(share, widen)
  }
  transition at 2: conv1x1(14 * factor) bn relu  # floor(0.3333333333333333 * 44) in floating point, as in the port
  transition at 5: conv1x1(10 * factor) bn relu  # floor(0.3333333333333333 * 32) in floating point, as in the port
  exit at 8: classifier(128, classes)
  expect params 511_322, macs 30_594_304
}
