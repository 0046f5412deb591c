# U-Net (Ronneberger et al., MICCAI 2015): convolutions without padding, so that maps of the way down are cropped
network unet(classes = 2, rows = 572, cols = 572) {
  input 1 x rows x cols
  scales 5 { width 64 * 2^(s-1) }
  block twice(c) = conv3x3(c, valid, bias) relu  conv3x3(c, valid, bias) relu
  sweep down {
    vertical maxpool2x2/2
    then twice(width)
  }
  sweep up on 1..4 {
    horizontal crop
    vertical   deconv2x2(width, up = 2, bias)
    then twice(width)
  }
  exit at end on scale 1: conv1x1(classes, bias)
  expect params 31_030_658, macs 150_428_424_448
}
