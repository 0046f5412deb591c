network n {
  input 3 x 32 x 32
  stem conv3x3(16)
  repeat 2 {
    let a = 2
    exit at end: gap linear(10)
    layers 1 { horizontal conv3x3(16) }
  }
  exit at end: gap linear(10)
}
