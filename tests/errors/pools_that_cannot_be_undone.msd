network n {
  input 3 x 64 x 64
  scales 2 { width 16, 32 }
  sweep down enc { vertical maxpool2x2/2; then conv3x3(width) }
  sweep up on 1 { vertical unpool3x3(enc[2]); horizontal unpool2x2 }
  exit one at end on scale 2: unpool2x2(enc[2])
  exit two at end on scale 2: unpool2x2(3)
  exit three at end on scale 2: conv3x3(16)/2 unpool2x2(enc[2])
}
