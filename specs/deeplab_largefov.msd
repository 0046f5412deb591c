# DeepLab-LargeFOV on VGG-16 (Chen et al., ICLR 2015), without its CRF: the authors' prototxt
network deeplab_largefov(classes = 21, rows = 321, cols = 321) {
  input 3 x rows x cols
  scales 5 {
    depth  2,   2,   3,   3,   3
    width 64, 128, 256, 512, 512
    ratio  1,   2,   2,   2,   1
  }
  stages {
    layer   conv3x3(width, bias, dilation = 2 when s == 5 else 1) relu
    between maxpool3x3(ceil)/ratio
  }
  exit at end: maxpool3x3 avgpool3x3 conv3x3(1024, bias, dilation = 12) relu dropout
      -> conv1x1(1024, bias) relu dropout  conv1x1(classes, bias)
  expect params 20_505_429, macs 50_928_085_696
}
