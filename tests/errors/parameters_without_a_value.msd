network n(depth, classes = 10) {
  input 3 x 32 x 32
  stem conv3x3(16)
  layers depth { horizontal conv3x3(16) }
  exits at 1..depth: gap linear(classes)
}
