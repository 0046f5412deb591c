let a = 2^2^2^2^2^2
let b = 1e999999
let c = 10^15 * 10
let d = 1e-20
let e = 1G * 1G

network n {
  input 3 x 32 x 32
  exit at end: gap linear(10)
}
