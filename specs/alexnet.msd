# AlexNet (Krizhevsky et al., NIPS 2012), one column, as torchvision's weights have it
default conv(bias)
default maxpool3x3(valid)

network alexnet(classes = 1000, size = 224) {
  input 3 x size x size
  stem conv11x11(64, pad = 2)/4 relu  maxpool3x3/2
  layers 1 { horizontal conv5x5(192) relu  maxpool3x3/2 }
  layers 1 { horizontal conv3x3(384) relu }
  layers 1 { horizontal conv3x3(256) relu }
  layers 1 { horizontal conv3x3(256) relu  maxpool3x3/2 }
  exit at end: pool(6) dropout  linear(4096) relu dropout  linear(4096) relu  linear(classes)
  expect params 61_100_840, macs 714_188_480
}
