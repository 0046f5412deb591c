# FCN-8s on VGG-16 (Long et al., CVPR 2015), as the authors' Caffe model: a margin of 100, and so crops at 5, 9 and 31
block convs(n, c) = identity when n == 0 else conv3x3(c, bias) relu  convs(n - 1, c)

network fcn8s(classes = 21, rows = 500, cols = 500) {
  input 3 x rows x cols
  scales 6 {
    depth  1,   2,   3,   3,   3, 0  # convolutions before the pool; the very first one is the stem
    width 64, 128, 256, 512, 512, 0
  }
  stem conv3x3(width, bias, pad = 100) relu
  sweep down { vertical convs(depth[s-1], width[s-1]) maxpool2x2(ceil)/2 }
  layers 1 on 6 {
    horizontal conv7x7(4096, bias, valid) relu dropout  conv1x1(4096, bias) relu dropout
        -> conv1x1(classes, bias)
  }
  sweep up on 4..5 {
    horizontal conv1x1(classes, bias) crop(25 - 4*s)
    vertical   deconv4x4(classes, up = 2)
    join add
  }
  exit at end on scale 4: deconv16x16(classes, up = 8) cropto(31)
  expect params 134_489_759, macs 181_529_034_048
}
