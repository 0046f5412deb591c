let a = 1
let a = 2
block b(c) = conv3x3(c)
block b(c) = conv1x1(c)

network n(a2 = 1, a2 = 2) {
  input 3 x 32 x 32
  input 3 x 64 x 64
  let b = 3
  scales 1 { width 1; width 2 }
  stem conv3x3(16)
  stem conv1x1(16)
  exit top at end: gap linear(10)
  exit top at 0: gap linear(10)
}
