# MSDNet for ImageNet, 20 layers and 5 exits, imported from its PyTorch port; the flags there:
# --data ImageNet --nBlocks 5 --base 4 --stepmode even --step 4 --nChannels 32 --growthRate 16 --grFactor 1-2-4-4
# --bnFactor 1-2-4-4 --prune max --reduction 0.5 --bottleneck True --image-size 224
import "blocks.msd"

network imagenet_step4(classes = 1000, size = 224) {
  input 3 x size x size
  scales 4 {
    init   32, 64, 128, 128
    growth 16, 32,  64,  64
    widen   1,  2,   4,   4
  }
  stem     conv7x7(init, bias)/2 bn relu  maxpool3x3/2  # a bias before a bn: the port has it
  vertical conv3x3(init)/2 bn relu
  layers 20 dense(growth) {
    diagonal   h(share, widen[s-1])/2
    horizontal h(share, widen)
  }
  reduce at 5, 10, 15: conv1x1(compress(0.5)) bn relu
  exits at 4..20 step 4: classifier(channels, classes)
  expect params 23_958_440, macs 1_355_606_016
}
