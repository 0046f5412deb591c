network n {
  input 3 x 32 x 32
  scales 2 { depth 2, 3 }
  stages { layer conv3x3(16)/stride }
  exit at stage 3: gap linear(10)
  exits at 3 in each stage: gap linear(10)
}
