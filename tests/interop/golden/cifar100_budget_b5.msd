# MSDNet for CIFAR-100, 15 layers and 5 exits, imported from its PyTorch port; the flags there:
# --data cifar100 --nBlocks 5 --base 1 --stepmode lin_grow --step 1 --nChannels 16 --growthRate 6 --grFactor 1-2-4
# --bnFactor 1-2-4 --prune max --reduction 0.5 --bottleneck True --image-size 32
import "blocks.msd"

network cifar100_budget_b5(classes = 100, size = 32) {
  input 3 x size x size
  scales 3 {
    init   16, 32, 64
    growth  6, 12, 24
    widen   1,  2,  4
  }
  stem     conv3x3(init) bn relu
  vertical conv3x3(init)/2 bn relu
  layers 15 dense(growth) {
    diagonal   h(share, widen[s-1])/2
    horizontal h(share, widen)
  }
  reduce at 5, 10: conv1x1(compress(0.5)) bn relu
  exits at n*(n+1)/2 for n in 1..5: classifier(128, classes)
  expect params 2_078_924, macs 58_087_936
}
