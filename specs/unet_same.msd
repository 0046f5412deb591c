# U-Net (Ronneberger et al., MICCAI 2015) with padded convolutions and batch norm, as milesial's weights have it
network unet_same(classes = 2, rows = 572, cols = 572) {
  input 3 x rows x cols
  scales 5 { width 64 * 2^(s-1) }
  sweep down {
    vertical maxpool2x2/2
    then conv3x3(width) bn relu  conv3x3(width) bn relu
  }
  sweep up on 1..4 {
    horizontal identity
    vertical   deconv2x2(width, up = 2, bias) fit  # an odd side loses its last row in the pool
    then conv3x3(width) bn relu  conv3x3(width) bn relu
  }
  exit at end on scale 1: conv1x1(classes, bias)
  expect params 31_037_698, macs 238_837_101_568
}
