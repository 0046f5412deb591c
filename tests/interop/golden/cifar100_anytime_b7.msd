# MSDNet for CIFAR-100, 16 layers and 7 exits, imported from its PyTorch port; the flags there:
# --data cifar100 --nBlocks 7 --base 4 --stepmode even --step 2 --nChannels 16 --growthRate 6 --grFactor 1-2-4
# --bnFactor 1-2-4 --prune max --reduction 0.5 --bottleneck True --image-size 32
import "blocks.msd"

network cifar100_anytime_b7(classes = 100, size = 32) {
  input 3 x size x size
  scales 3 {
    init   16, 32, 64
    growth  6, 12, 24
    widen   1,  2,  4
  }
  stem     conv3x3(init) bn relu
  vertical conv3x3(init)/2 bn relu
  layers 16 dense(growth) {
    diagonal   h(share, widen[s-1])/2
    horizontal h(share, widen)
  }
  reduce at 6, 12: conv1x1(compress(0.5)) bn relu
  exits at 4..16 step 2: classifier(128, classes)
  expect params 3_067_960, macs 75_487_744
}
