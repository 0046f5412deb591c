# MSDNet for CIFAR-10, 5 layers and 2 exits, imported from its PyTorch port; the flags there:
# --data cifar10 --nBlocks 2 --base 3 --stepmode even --step 2 --nChannels 8 --growthRate 6 --grFactor 1-2
# --bnFactor 1-2 --prune max --reduction 0.0 --bottleneck False --image-size 20
import "blocks.msd"

network p3_cifar10_s2_even_nobottleneck_red0(classes = 10, size = 20) {
  input 3 x size x size
  scales 2 {
    init   8, 16
    growth 6, 12
  }
  stem     conv3x3(init) bn relu
  vertical conv3x3(init)/2 bn relu
  layers 5 dense(growth) {
    diagonal   conv3x3(share)/2 bn relu
    horizontal conv3x3(share) bn relu
  }
  reduce at 3
  exits at 3, 5: classifier(128, classes)
  expect params 467_740, macs 9_244_768
}
