block classifier(c, classes) = conv3x3(c)/2 bn relu  conv3x3(c)/2 bn relu  avgpool2x2/2  linear(classes)

network n(size = 16) {
  input 3 x size x size
  scales 3 { init 16, 32, 64; growth 6, 12, 24 }
  stem conv3x3(init) bn relu
  vertical conv3x3(init)/2 bn relu
  layers 8 dense(growth) {
    diagonal conv3x3(share)/2 bn relu
    horizontal conv3x3(share) bn relu
  }
  exits at 4..8 step 2: classifier(128, 10)
}
