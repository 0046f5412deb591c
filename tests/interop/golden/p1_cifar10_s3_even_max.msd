# MSDNet for CIFAR-10, 6 layers and 3 exits, imported from its PyTorch port; the flags there:
# --data cifar10 --nBlocks 3 --base 2 --stepmode even --step 2 --nChannels 6 --growthRate 4 --grFactor 1-2-4
# --bnFactor 1-2-4 --prune max --reduction 0.5 --bottleneck True --image-size 32
import "blocks.msd"

network p1_cifar10_s3_even_max(classes = 10, size = 32) {
  input 3 x size x size
  scales 3 {
    init   6, 12, 24
    growth 4,  8, 16
    widen  1,  2,  4
  }
  stem     conv3x3(init) bn relu
  vertical conv3x3(init)/2 bn relu
  layers 6 dense(growth) {
    diagonal   h(share, widen[s-1])/2
    horizontal h(share, widen)
  }
  reduce at 2, 4: conv1x1(compress(0.5)) bn relu
  exits at 2, 4, 6: classifier(128, classes)
  expect params 671_288, macs 9_162_496
}
