block b(c) { main = conv3x3(c); out = conv3x3(main) }

network n {
  input 3 x 32 x 32
  let a = (1, 2)
  let d = [3]
  exit a at 0: b(16)
  exit b at 0: conv3x3(conv3x3(16))
}
