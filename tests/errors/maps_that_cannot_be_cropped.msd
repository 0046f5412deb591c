network n {
  input 3 x 64 x 64
  scales 2 { width 16, 32 }
  sweep down { vertical conv4x4(width)/2; then conv3x3(width) }
  sweep up on 1 { horizontal identity; vertical deconv2x2(width, up = 2) crop }
  exit at 1 on scale 1: cropto(30) conv1x1(4)
  exit at 1 on scale 2: cropto conv1x1(4)
  exit at 1: conv3x3(4) fit
}
