import "missing.msd"
let a = 1 / 0
block b(c) = conv3x3(c) rellu

network n(depth = 4) {
  input 3 x 32.5 x 32
  scales 3 {
    init 16, 32
    growth 6, 12, 25
    width wdth * 2
  }
  stem conv3x3(init, bais) bn
  vertical conv3x3(init)/2 bn relu
  layers depth dense(growth) {
    diagonal convv3x3(share)/2
    horizontal conv3x3(share)
  }
  exits at 2, 9: b(128) gap linear(10)
  exit at 2: gap linear(clases)
  expect params 5
}
