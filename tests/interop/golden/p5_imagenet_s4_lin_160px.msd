# MSDNet for ImageNet, 6 layers and 3 exits, imported from its PyTorch port; the flags there:
# --data ImageNet --nBlocks 3 --base 1 --stepmode lin_grow --step 1 --nChannels 4 --growthRate 4 --grFactor 1-2-4-4
# --bnFactor 1-2-4-4 --prune max --reduction 0.5 --bottleneck True --image-size 160
import "blocks.msd"

network p5_imagenet_s4_lin_160px(classes = 1000, size = 160) {
  input 3 x size x size
  scales 4 {
    init   4, 8, 16, 16
    growth 4, 8, 16, 16
    widen  1, 2,  4,  4
  }
  stem     conv7x7(init, bias)/2 bn relu  maxpool3x3/2  # a bias before a bn: the port has it
  vertical conv3x3(init)/2 bn relu
  layers 6 dense(growth) {
    diagonal   h(share, widen[s-1])/2
    horizontal h(share, widen)
  }
  reduce at 2, 4: conv1x1(compress(0.5)) bn relu
  exits at 1, 3, 6: classifier(channels, classes)
  expect params 272_824, macs 11_379_584
}
