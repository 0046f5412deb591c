network n(depth = 4) {
  input 3 x 32 y 32
  let step = 3
  stem conv3x3(16)) bn
  layers depth dense(6) {
    horizontal conv3x3(share]
    diagonal
  }
  exit at: gap linear(10)
  exits at end: gap linear(rellu)
}
