network n {
  input 3 x 64 x 64
  scales 2 { width 16, 32 }
  block unit = conv3x3(width) relu
  sweep down relu { vertical maxpool2x2/2; then conv3x3(8) bn }
  sweep down min on 1 { then conv3x3(8) }
  sweep down sweep7 on 1 { then conv3x3(8) }
  sweep down unit on 1 { then conv3x3(8) }
  sweep down channels on 1 { then conv3x3(8) }
  sweep down section2 on 1 { then conv3x3(8) }
  sweep down forward on 1 { then conv3x3(8) }
  sweep down class on 1 { then conv3x3(8) }
  sweep down _x on 1 { then conv3x3(8) }
  exit at end: gap linear(10)
}
