network n {
  input 3 x 32 x 32
  scales 2 { depth 2, 2 }
  stages { layer conv3x3(16)/stride }
  reduce in 2 blocks
  exit at end: gap linear(10)
}
