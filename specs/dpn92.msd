# Dual Path Network 92 (Chen et al., NIPS 2017), as the authors' weights have it: bn eps 0.001
default bn(eps = 0.001)

# c maps of a residual path, then those of a dense path, which gets k new ones a layer.
block dual(c, k) {
  kept = channels - c when stride == 1 and channels > c else 2 * k
  skip = identity when stride == 1 and channels > c else bn relu conv1x1(c + 2*k)/stride
  main = bn relu conv1x1(3*c/8)  bn relu conv3x3(3*c/8, groups = 32)/stride  bn relu conv1x1(c + k)
  a, b = cut(skip, c, kept)
  d, e = cut(main, c, k)
  out  = [a + d, b, e]
}

network dpn92(classes = 1000, size = 224) {
  input 3 x size x size
  scales 4 {
    depth   3,  4, 20,   3
    growth 16, 32, 24, 128
    width  256 * 2^(s-1)
  }
  stem conv7x7(64)/2 bn relu  maxpool3x3/2
  stages { layer dual(width, growth)/stride }
  exit at end: bn relu gap conv1x1(classes, bias) flatten
  expect params 37_668_392, macs 6_501_684_224
}
