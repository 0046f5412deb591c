network n {
  input 3 x 32 x 32
  scales 2 { depth 15000, 15000 }
  stem conv3x3(16)
  stages { layer conv3x3(16)/stride }
  exit at end: gap linear(10)
}
