# MSDNet for ImageNet, 5 layers and 4 exits, imported from its PyTorch port; the flags there:
# --data ImageNet --nBlocks 4 --base 2 --stepmode even --step 1 --nChannels 6 --growthRate 4 --grFactor 1-2
# --bnFactor 1-2 --prune max --reduction 0.5 --bottleneck True --image-size 64
import "blocks.msd"

network p4_imagenet_s2_64px(classes = 1000, size = 64) {
  input 3 x size x size
  scales 2 {
    init   6, 12
    growth 4,  8
    widen  1,  2
  }
  stem     conv7x7(init, bias)/2 bn relu  maxpool3x3/2  # a bias before a bn: the port has it
  vertical conv3x3(init)/2 bn relu
  layers 5 dense(growth) {
    diagonal   h(share, widen[s-1])/2
    horizontal h(share, widen)
  }
  reduce at 3: conv1x1(compress(0.5)) bn relu
  exits at 2..5: classifier(channels, classes)
  expect params 190_400, macs 2_192_576
}
