"""Networks of blocks with branches, by what is special about them."""

from __future__ import annotations

INCEPTION = """
block inception(c) = [
  conv1x1(c) bn relu,
  conv1x1(c/2) bn relu conv3x3(c) bn relu,
  conv1x1(c/2) bn relu conv5x5(c) bn relu,
  maxpool3x3 conv1x1(c) bn relu
]
network inception_like {
  input 3 x 32 x 32
  scales 3 { depth 2; width 16 * 2^(s-1) }
  stem conv3x3(16) bn relu
  stages { layer inception(width); leave maxpool3x3/2 }
  exits at 1 in each stage: gap linear(10)
}
"""

SQUEEZE = """
block se(r) = in * (gap conv1x1(channels / r, bias) relu conv1x1(channels * r, bias) sigmoid)
block unit(c) {
  main = conv3x3(c)/stride bn relu  conv3x3(c) bn se(4)
  skip = identity when stride == 1 and channels == c else conv1x1(c)/stride bn
  out  = main + skip -> relu
}
network squeezed {
  input 3 x 32 x 32
  scales 2 { depth 2; width 16 * 2^(s-1) }
  stem conv3x3(16) bn relu
  stages { layer unit(width)/stride }
  exit at end: gap linear(10)
}
"""

HIERARCHY = """
block res2(n) {
  width = channels / n
  parts = split(in, n)
  y[1]  = parts[1]
  y[2]  = parts[2] -> conv3x3(width) bn relu
  y[i]  = parts[i] + y[i-1] -> conv3x3(width) bn relu for i in 3..n
  out   = [y[1], y[2], y[3], y[4]] -> conv1x1(n * width)
}
network hierarchy {
  input 3 x 32 x 32
  scales 2 { depth 2 }
  stem conv3x3(16) bn relu
  stages residual { layer res2(4); between conv3x3(32)/2 bn }
  exit at end: gap linear(10)
}
"""

FRACTAL = """
block fractal(C, c) =
  conv3x3(c) bn relu when C == 1 else (conv3x3(c) bn relu, mean(fractal(C-1, c)) -> fractal(C-1, c))
network fractalnet {
  input 3 x 32 x 32
  scales 2 { depth 2; width 16 * 2^(s-1) }
  stem conv3x3(16) bn relu
  stages { layer mean(fractal(4, width)); between maxpool2x2/2 }
  exit at end: gap linear(10)
}
"""

EVERY_FINER_SCALE = """
network from_all {
  input 3 x 32 x 32
  scales 3 { width 16, 32, 64 }
  stem     conv3x3(16) bn relu
  vertical conv3x3(width)/2 bn relu
  layers 4 residual {
    horizontal conv3x3(width) bn
    from j where j < s: conv3x3(width)/(2^(s-j)) bn
    join concat
    then conv1x1(width) bn relu
  }
  exits at 2, 4: gap linear(10)
}
"""

# Layer 2 passes scale 1 over, and layer 3 reads it across the column; an exit puts out features as they are.
ACROSS_COLUMNS = """
network across {
  input 3 x 16 x 16
  scales 2 { width 8, 16 }
  stem     identity
  vertical conv3x3(width)/2 bn relu
  layers 1 { horizontal conv3x3(width); diagonal conv3x3(width)/2; join add }
  layers 1 on 2 { horizontal conv3x3(width) }
  layers 1 { horizontal conv3x3(width); diagonal conv3x3(width)/2; join mean }
  exit middle at 2: identity
  exit last at end: gap linear(10)
}
"""

# What the skip adds to stands between two branches, so it can't be reached from a side.
IN_THE_MIDST = """
block enclosed {
  left   = conv3x3(8) bn relu  conv3x3(8) bn relu  conv3x3(8) bn
  middle = conv3x3(8) bn relu + in -> conv3x3(8) bn
  right  = conv3x3(8) bn relu  conv3x3(8) bn relu  conv3x3(8) bn
  out    = [left, middle, right]
}
network midst {
  input 8 x 16 x 16
  scales 1 { depth 2 }
  stem conv1x1(8)
  stages { layer enclosed -> conv1x1(8) }
  exit at end: gap linear(2)
}
"""

BLOCKS = {
    "inception": INCEPTION,
    "squeeze and excitation": SQUEEZE,
    "res2net": HIERARCHY,
    "fractal": FRACTAL,
    "every finer scale": EVERY_FINER_SCALE,
    "across columns": ACROSS_COLUMNS,
    "in the midst": IN_THE_MIDST,
}
