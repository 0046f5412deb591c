# MSDNet for CIFAR-10, 27 layers and 5 exits, imported from its PyTorch port; the flags there:
# --data cifar10 --nBlocks 5 --base 3 --stepmode lin_grow --step 2 --nChannels 32 --growthRate 6 --grFactor 1-2-4
# --bnFactor 1-2-4 --prune max --reduction 0.5 --bottleneck True --image-size 32
import "blocks.msd"

network many_exits(classes = 10, size = 32) {
  input 3 x size x size
  scales 3 {
    init   32, 64, 128
    growth  6, 12,  24
    widen   1,  2,   4
  }
  stem     conv3x3(init) bn relu
  vertical conv3x3(init)/2 bn relu
  layers 27 dense(growth) {
    diagonal   h(share, widen[s-1])/2
    horizontal h(share, widen)
  }
  reduce at 9, 18: conv1x1(compress(0.5)) bn relu
  exits at 3 + 2*k*(k+1)/2 + k for k in 0..4: classifier(128, classes)
  expect params 3_584_778, macs 145_484_032
}
