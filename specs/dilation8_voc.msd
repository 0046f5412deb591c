# Dilated VGG-16 with the context module (Yu et al., ICLR 2016) for Pascal VOC, as the authors' Caffe model
block context(n, c) =
    identity when n < 0 else context(n - 1, c) conv3x3(c * 2^n, bias, valid, dilation = 2^n) relu

network dilation8_voc(classes = 21, rows = 900, cols = 900) {
  input 3 x rows x cols  # an image of up to 528 x 528 in a margin of its mirror images: no convolution pads
  scales 5 {
    depth     2,   2,   3,   3,   3
    width    64, 128, 256, 512, 512
    dilation  1,   1,   1,   1,   2
  }
  stages {
    layer   conv3x3(width, bias, valid, dilation = dilation) relu
    between identity when s == 5 else maxpool2x2(ceil)/2
  }
  exit at end:
      conv7x7(4096, bias, valid, dilation = 4) relu dropout  conv1x1(4096, bias) relu dropout
      -> conv1x1(classes, bias) conv3x3(2 * classes, bias, pad = 33) relu  context(4, 2 * classes)
      -> conv3x3(32 * classes, bias, valid) relu  conv1x1(classes, bias)
  expect params 141_149_720, macs 826_395_410_952
}
