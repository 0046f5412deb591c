network n {
  input 3 x 64 x 64
  scales 2 { width 16, 32 }
  sweep down enc { vertical maxpool3x3/2; then conv3x3(width) }
  sweep up on 1 { vertical unpool3x3(enc[s+1]) }
  exit at end on scale 1: conv1x1(4)
}
