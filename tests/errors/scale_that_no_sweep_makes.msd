network n {
  input 3 x 64 x 64
  scales 3 { width 16, 32, 64 }
  stem conv3x3(16)
  sweep up dec { vertical upsample(2); horizontal conv1x1(width) }
  exit at end on scale 1: dec[3] -> conv1x1(4)
}
