network n {
  input 3 x 64 x 64
  scales 3 { width 16, 32, 64 }
  stem conv3x3(16)
  sweep down enc on 1..2 { vertical conv4x4(width)/2; diagonal conv3x3(width)/2; join max }
  sweep up on 1..3 { vertical deconv2x2(width, up = 2); horizontal conv1x1(width); join add }
  sweep up enc on 4 { horizontal conv1x1(width) }
  sweep down layer3 { vertical maxpool2x2/2 }
  exit at end on scale 1: conv1x1(width[2] + enc[2])
}
