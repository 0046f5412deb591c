network n {
  input 3 x 32 x 32
  scales 4 { width 16 }
  stem conv3x3(width) bn relu
  layers 2 on 1 { horizontal conv3x3(width) bn relu }
  exit map at end on scale 1: conv1x1(10)
}
