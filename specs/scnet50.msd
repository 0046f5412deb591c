# SCNet-50 (Liu et al., CVPR 2020), as the authors' weights have it
import "blocks.msd"

# Self-calibrated convolution: what a map four times as coarse shows weighs every position.
block calibrated(c) {
  context = avgpool4x4/4 conv3x3(c) bn  resize(in, nearest)
  weight  = in + context -> sigmoid
  out     = (conv3x3(c) bn) * weight -> conv3x3(c)/stride bn relu
}

block sc_bottleneck(c) {
  near = conv1x1(c/2) bn relu  conv3x3(c/2)/stride bn relu
  wide = conv1x1(c/2) bn relu  calibrated(c/2)/stride
  skip = shortcut(4 * c)/stride
  out  = ([near, wide] -> conv1x1(4 * c) bn) + skip -> relu
}

network scnet50(classes = 1000, size = 224) {
  input 3 x size x size
  scales 4 {
    depth 3, 4, 6, 3
    width 64 * 2^(s-1)
  }
  stem conv7x7(64)/2 bn relu  maxpool3x3/2
  stages { layer sc_bottleneck(width)/stride }
  exit at end: gap linear(classes)
  expect params 25_564_584, macs 3_925_286_912
}
