# VGG-16 without batch norm (Simonyan et al., ICLR 2015), as torchvision's weights have it
block hidden = linear(4096) relu dropout

network vgg16(classes = 1000, size = 224) {
  input 3 x size x size
  scales 5 {
    depth  2,   2,   3,   3,   3
    width 64, 128, 256, 512, 512
  }
  stages {
    layer   conv3x3(width, bias) relu
    between maxpool2x2/2
  }
  exit at end: maxpool2x2/2 pool(7) hidden hidden  linear(classes)
  expect params 138_357_544, macs 15_470_264_320
}
