network n {
  input 3 x 32 x 32
  stem conv3x3(16)
  exit at end: gap linear(10)
  expect params 603, macs 0.44M, params <= 600, macs at exit1 <= 1K
  expect flops 12, params at exit2 602, macs > 2
}
