# MSDNet for anytime prediction on CIFAR: 24 layers, 11 exits (Huang et al., ICLR 2018)
import "blocks.msd"

network msdnet_cifar_anytime(classes = 100, depth = 24, size = 32) {
  input 3 x size x size
  scales 3 {
    init   16, 32, 64  # feature maps of the first layer, finest scale first
    growth  6, 12, 24  # new feature maps per layer
    widen   1,  2,  4  # bottleneck width, as a multiple of what the path puts out
  }
  stem     conv3x3(init) bn relu
  vertical conv3x3(init)/2 bn relu
  layers depth dense(growth) {
    diagonal   h(share, widen[s-1])/2
    horizontal h(share, widen)
  }
  reduce in 3 blocks: conv1x1(compress(0.5)) bn relu
  exits at 4..depth step 2: classifier(128, classes)
  expect params 5_597_760, macs 134_100_480
}
