# A small U-Net that answers twice: halfway up, and at the top.
network unet_twice(classes = 3, rows = 45, cols = 64) {
  input 3 x rows x cols
  scales 3 { width 8 * 2^(s-1) }
  block twice(c) = conv3x3(c) bn relu  conv3x3(c) bn relu
  sweep down {
    vertical maxpool2x2/2
    then twice(width)
  }
  sweep up on 1..2 {
    horizontal identity
    vertical   deconv2x2(width, up = 2, bias) fit
    then twice(width)
  }
  exit middle at end on scale 2: conv1x1(classes, bias) resize
  exit top at end on scale 1:    conv1x1(classes, bias)
}
