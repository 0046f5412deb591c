network n {
  input 3 x 32 x 32
  scales 2 { width 8 * s }
  sweep down enc { vertical maxpool2x2/2; then conv3x3(width) }
  exit one   at end on scale 2: [in, enc[2]] -> conv17x17(3, valid)
  exit two   at end on scale 2: conv17x17(16, valid) + in
  exit three at end on scale 1: cropto conv33x33(4, valid)
  exit four  at end on scale 2: resize(enc[1]) conv33x33(4, valid)
}
