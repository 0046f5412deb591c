# Res2Net-50 26w 4s (Gao et al., TPAMI 2019), as the authors' weights have it: four slices of 26 maps and more
import "blocks.msd"

network res2net50_26w_4s(classes = 1000, size = 224) {
  input 3 x size x size
  scales 4 {
    depth 3, 4, 6, 3
    slice 26 * 2^(s-1)
    width 64 * 2^(s-1)
  }
  block three = conv3x3(slice)/stride bn relu
  block unit {  # in the first unit of a stage the slices stay apart
    x    = conv1x1(4 * slice) bn relu -> split(4)
    y[1] = x[1] -> three/stride
    y[k] = (x[k] when i == 1 else x[k] + y[k-1]) -> three/stride for k in 2..3
    y[4] = x[4] -> avgpool3x3/stride when i == 1 else x[4]
    main = [y[1], y[2], y[3], y[4]] -> conv1x1(4 * width) bn
    out  = main + shortcut(4 * width)/stride -> relu
  }
  stem conv7x7(64)/2 bn relu  maxpool3x3/2
  stages { layer unit/stride }
  exit at end: gap linear(classes)
  expect params 25_699_120, macs 4_255_166_464
}
