let a = 1 / 0
let b = 1 % (2 - 2)
let c = 0^-1
let d = 2^0.5
let e = round(3, 0)

network n {
  input 3 x 32 x 32
  exit at end: gap linear(10)
}
