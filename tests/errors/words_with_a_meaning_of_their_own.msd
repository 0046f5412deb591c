let channels = 3

block s(c) = conv3x3(c)
block b(stride) { out = conv3x3(16)/stride; forward = in; lambda = in; _x = in }

network n(l = 2) {
  input 3 x 32 x 32
  let i = 4
  stem b(2)
  exit forward at end: gap linear(10)
  exit exit2 at 0: gap linear(10)
}
