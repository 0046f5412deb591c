# MSDNet for CIFAR-10, 22 layers and 10 exits, imported from its PyTorch port; the flags there:
# --data cifar10 --nBlocks 10 --base 4 --stepmode even --step 2 --nChannels 16 --growthRate 6 --grFactor 1-2-4
# --bnFactor 1-2-4 --prune max --reduction 0.5 --bottleneck True --image-size 32
import "blocks.msd"

network cifar10_anytime_b10(classes = 10, size = 32) {
  input 3 x size x size
  scales 3 {
    init   16, 32, 64
    growth  6, 12, 24
    widen   1,  2,  4
  }
  stem     conv3x3(init) bn relu
  vertical conv3x3(init)/2 bn relu
  layers 22 dense(growth) {
    diagonal   h(share, widen[s-1])/2
    horizontal h(share, widen)
  }
  reduce at 8, 16: conv1x1(compress(0.5)) bn relu
  exits at 4..22 step 2: classifier(128, classes)
  expect params 4_839_544, macs 120_971_776
}
