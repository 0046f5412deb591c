# GoogLeNet (Szegedy et al., CVPR 2015) with batch norm, as torchvision's weights have it: no auxiliary exits
default bn(eps = 0.001)
default maxpool(ceil)

block one(c) = conv1x1(c) bn relu
block three(c) = conv3x3(c) bn relu
block inception(a, b, c, d, e, f) = [one(a), one(b) three(c), one(d) three(e), maxpool3x3 one(f)]

network googlenet(classes = 1000, size = 224) {
  input 3 x size x size
  stem conv7x7(64)/2 bn relu  maxpool3x3(valid)/2 one(64) three(192)
  layers 1 { horizontal maxpool3x3(valid)/2 inception(64, 96, 128, 16, 32, 32) }
  layers 1 { horizontal inception(128, 128, 192, 32, 96, 64) }
  layers 1 { horizontal maxpool3x3(valid)/2 inception(192, 96, 208, 16, 48, 64) }
  layers 1 { horizontal inception(160, 112, 224, 24, 64, 64) }
  layers 1 { horizontal inception(128, 128, 256, 24, 64, 64) }
  layers 1 { horizontal inception(112, 144, 288, 32, 64, 64) }
  layers 1 { horizontal inception(256, 160, 320, 32, 128, 128) }
  layers 1 { horizontal maxpool2x2/2 inception(256, 160, 320, 32, 128, 128) }
  layers 1 { horizontal inception(384, 192, 384, 48, 128, 128) }
  exit at end: gap dropout(0.2)  linear(classes)
  expect params 6_624_904, macs 1_498_376_192
}
