# SqueezeNet 1.1 (Iandola et al., 2016), as torchvision's weights have it
default conv(bias)

block fire(c) = conv1x1(c) relu -> [conv1x1(4 * c) relu, conv3x3(4 * c) relu]

network squeezenet1_1(classes = 1000, size = 224) {
  input 3 x size x size
  scales 3 { depth 2, 2, 4 }
  stem conv3x3(64, valid)/2 relu  maxpool3x3(ceil, valid)/2
  stages {
    layer   fire(16 * (s + floor((i-1)/2)))  # 16, 16; 32, 32; 48, 48, 64, 64
    between maxpool3x3(ceil, valid)/2
  }
  exit at end: dropout conv1x1(classes) relu gap flatten
  expect params 1_235_496, macs 349_151_936
}
