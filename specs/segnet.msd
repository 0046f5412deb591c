# SegNet (Badrinarayanan et al., TPAMI 2017), as meetps's weights have it: the last unit puts out the classes
block unit(c) = conv3x3(c, bias) bn relu
block units(n, c) = identity when n == 0 else unit(c) units(n - 1, c)

network segnet(classes = 21, rows = 360, cols = 480) {
  input 3 x rows x cols
  scales 6 {
    depth  2,   2,   3,   3,   3, 0
    width 64, 128, 256, 512, 512, 0
  }
  sweep down enc {
    vertical maxpool2x2/2
    then units(depth, width)
  }
  sweep up on 1..5 {
    vertical unpool2x2(enc[s+1])  # every value goes back to where the pool found the largest one
    then units(depth - 1, width) unit(width[s-1] when s > 1 else classes)
  }
  exit at end on scale 1: identity
  expect params 29_455_167, macs 107_283_087_360
}
