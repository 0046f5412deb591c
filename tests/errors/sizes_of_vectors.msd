network n {
  input 3 x 64 x 64
  stem conv3x3(8)
  exit one   at 0: resize(gap flatten) conv1x1(4)
  exit two   at 0: [gap flatten, conv3x3(4, valid) fit]
  exit three at 0: [in, gap flatten fit]
}
