# A small MSDNet for scikit-learn's handwritten digits: 9 layers, 5 exits (after Huang et al., ICLR 2018)

network msdnet_digits(classes = 10, depth = 9, size = 16, g = 4) {
  input 1 x size x size
  scales 3 {
    init   2 * g * 2^(s-1)  # feature maps of the first layer, finest scale first
    growth g * 2^(s-1)      # new feature maps per layer
  }
  stem     conv3x3(init) bn relu
  vertical conv3x3(init)/2 bn relu
  layers depth dense(growth) {
    diagonal   conv3x3(share)/2 bn relu  # from the next finer scale
    horizontal conv3x3(share) bn relu    # from the same scale
  }
  reduce at 3, 7: conv1x1(compress(0.5)) bn relu
  exits at 1..depth step 2: conv3x3(16) bn relu  gap linear(classes)
  expect params 149_122, macs 3_418_912
}
