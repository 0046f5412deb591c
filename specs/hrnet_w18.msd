# HRNet-W18 with its classification head (Wang et al., TPAMI 2021), as the authors' weights have it
import "blocks.msd"

block coarser(n, c) =
    conv3x3(c)/2 bn when n == 1 else conv3x3(channels)/2 bn relu  coarser(n - 1, c)

# How a map gets to a scale that is n times finer, by halves; n < 0: coarser.
block fuse(n, c) =
    identity when n == 0 else coarser(-n, c) when n < 0 else conv1x1(c) bn  upsample(2^n, nearest)

network hrnet_w18(classes = 1000, size = 224) {
  input 3 x size x size
  scales 4 { width 18 * 2^(s-1) }
  stem conv3x3(64)/2 bn relu  conv3x3(64)/2 bn relu
  layers 4 { horizontal bottleneck(64) }
  layers 1 on 1..2 {
    horizontal conv3x3(width) bn relu
    diagonal   conv3x3(width)/2 bn relu
  }
  layers 4 { horizontal basic(width) }
  layers 1 {
    from j where j >= 1: fuse(j - s, width)
    join add
    then relu
  }
  layers 1 on 3 { diagonal conv3x3(width)/2 bn relu }
  repeat 4 {
    layers 4 { horizontal basic(width) }
    layers 1 {
      from j where j >= 1: fuse(j - s, width)
      join add
      then relu
    }
  }
  layers 1 on 4 { diagonal conv3x3(width)/2 bn relu }
  repeat 3 {
    layers 4 { horizontal basic(width) }
    layers 1 {
      from j where j >= 1: fuse(j - s, width)
      join add
      then relu
    }
  }
  sweep down {
    horizontal bottleneck(32 * 2^(s-1))
    vertical   conv3x3(128 * 2^(s-1), bias)/2 bn relu
    join add
  }
  exit at end: conv1x1(2048, bias) bn relu  gap linear(classes)
  expect params 21_299_004, macs 4_283_537_072
}
