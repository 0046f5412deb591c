network n {
  input 3 x 32 x 32
  scales 2 { width 16, 32 }
  stages { layer conv3x3(width)/stride }
  exit at end: gap linear(10)
}
