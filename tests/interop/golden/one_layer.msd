# MSDNet for CIFAR-10, 1 layer and 1 exit, imported from its PyTorch port; the flags there:
# --data cifar10 --nBlocks 1 --base 1 --stepmode lin_grow --step 1 --nChannels 32 --growthRate 6 --grFactor 1-2-4
# --bnFactor 1-2-4 --prune max --reduction 0.5 --bottleneck True --image-size 32
import "blocks.msd"

network one_layer(classes = 10, size = 32) {
  input 3 x size x size
  scales 3 {
    init   32, 64, 128
    growth  6, 12,  24
    widen   1,  2,   4
  }
  stem     conv3x3(init) bn relu
  vertical conv3x3(init)/2 bn relu
  layers 1 dense(growth) {
    diagonal   h(share, widen[s-1])/2
    horizontal h(share, widen)
  }
  exit at 1: classifier(128, classes)
  expect params 433_482, macs 14_998_784
}
