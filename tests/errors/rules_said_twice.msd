network n {
  input 3 x 32 x 32
  scales 1 { depth 2 }
  stages { layer conv3x3(3); layer conv1x1(3) }
  exit at end: gap linear(10)
}
