network n {
  input 3 x 32 x 32
  stem conv3x3(15)
  exit a at 0: conv3x3(16, groups = 2)
  exit b at 0: conv3x3(16, groups = 3)
  exit c at 0: shuffle(4)
  exit d at 0: mean(split(2))
  exit f at 0: conv1x1(12) -> sum(cut(5, 6))
}
