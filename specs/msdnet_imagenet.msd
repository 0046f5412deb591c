# MSDNet for ImageNet: four scales, 20 layers, 5 exits (Huang et al., ICLR 2018)
import "blocks.msd"

network msdnet_imagenet(classes = 1000, spacing = 4, base = 4, size = 224) {
  input 3 x size x size
  scales 4 {
    init   32, 64, 128, 128  # the coarsest two are equally wide
    growth 16, 32,  64,  64
    widen   1,  2,   4,   4
  }
  stem     conv7x7(init, bias)/2 bn relu  maxpool3x3/2  # a bias before a bn: the published weights have it
  vertical conv3x3(init)/2 bn relu
  layers base + 4*spacing dense(growth) {
    diagonal   h(share, widen[s-1])/2
    horizontal h(share, widen)
  }
  reduce in 4 blocks: conv1x1(compress(0.5)) bn relu
  exits at base + spacing*i for i in 0..4: classifier(channels, classes)
  expect params 23_958_440, macs 1_355_606_016
}
