# MSDNet for CIFAR-100, 6 layers and 3 exits, imported from its PyTorch port; the flags there:
# --data cifar100 --nBlocks 3 --base 1 --stepmode lin_grow --step 1 --nChannels 4 --growthRate 4 --grFactor 1-2-4
# --bnFactor 1-2-4 --prune min --reduction 0.5 --bottleneck True --image-size 32
import "blocks.msd"

network p2_cifar100_s3_lin_min(classes = 100, size = 32) {
  input 3 x size x size
  scales 3 {
    init   4, 8, 16
    growth 4, 8, 16
    widen  1, 2,  4
  }
  stem     conv3x3(init) bn relu
  vertical conv3x3(init)/2 bn relu
  layers 6 dense(growth) {  # --prune min: fine scales leave where no exit needs them any more
    diagonal   h(share, widen[s-1])/2
    horizontal h(share, widen)
  }
  transition at 2, 4: conv1x1(compress(0.5)) bn relu
  exits at 1, 3, 6: classifier(128, classes)
  expect params 668_892, macs 8_380_928
}
