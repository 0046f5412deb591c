network n {
  input 3 x 32 x 32
  scales 2 { width 16, 32 }
  stem conv3x3(16)
  sweep down { vertical maxpool2x2/2; then conv3x3(width) }
  exit at end: upsample(2) resize conv1x1(10)
}
