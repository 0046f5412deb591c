network n {
  input 3 x 64 x 64
  stem conv3x3(16)/2
  exit one at end: resize(2)
  exit two at end: resize(nearest, corners)
  exit three at end: upsample
  exit four at end: upsample(0)
  exit five at end: gap flatten resize
  exit six at end: upsample(100_000)
  exit seven at end: deconv3x3(4, pad = 40)
  exit eight at end: deconv3x3(4)/2
}
