# What a max pool left out is put back where the maxima were; a gate chooses between that and what was kept.
network unpooling(classes = 3, rows = 24, cols = 32) {
  input 3 x rows x cols
  scales 3 { width 8, 8, 8 }
  block unit(c) = conv3x3(c, bias) bn relu
  block chosen(c) {
    t   = conv1x1(c, bias) sigmoid
    h   = unit(c)
    out = h*t + (1-t)*in
  }
  sweep down enc {
    vertical maxpool2x2/2
    then unit(width)
  }
  sweep up on 1..2 {
    vertical   unpool2x2(enc[s+1]) unit(width)
    horizontal -0.5 * conv1x1(width)
    join add
    then chosen(width)
  }
  exit at 1:              conv1x1(classes, bias) resize(corners)
  exit at end on scale 2: conv1x1(classes, bias) resize(corners)
  exit at end on scale 1: deconv4x4(classes, up = 2, pad = 1, bias) cropto(3)
}
