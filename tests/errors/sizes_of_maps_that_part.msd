network n {
  input 3 x 45 x 45
  scales 2 { width 16, 32 }
  sweep down enc { vertical maxpool2x2/2; then conv3x3(width) }
  sweep up on 1 { horizontal identity; vertical deconv2x2(width, up = 2); join add }
  exit at end on scale 1: conv1x1(4)
}
