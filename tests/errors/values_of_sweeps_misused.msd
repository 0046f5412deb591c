network n {
  input 3 x 64 x 64
  scales 3 { width 8 * s }
  stem conv3x3(8) -> [in, enc[1]]
  sweep down enc on 1..2 { vertical maxpool2x2/2; then conv3x3(width) }
  layers 1 on 1 {
    horizontal [in, enc[3]]
    horizontal conv3x3(enc[1])
    horizontal [in, enc]
    horizontal conv3x3(4) -> enc[1]
  }
  exit at end on scale 1: unit
  block unit { enc[1] = conv3x3(8); out = enc[1] + enc[2] }
}
