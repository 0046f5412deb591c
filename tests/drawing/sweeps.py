"""Networks with sweeps, for tests of their drawings: a U, what undoes its max pools, a pyramid on stages."""

from __future__ import annotations

U = """network u(classes = 2) {
  input 3 x 32 x 32
  scales 3 { width 4 * s }
  sweep down enc { vertical maxpool2x2/2; then conv3x3(width) relu }
  sweep up on 1..2 { horizontal crop; vertical deconv2x2(width, up = 2); join concat; then conv3x3(width) relu }
  exit at end on scale 1: conv1x1(classes, bias)
}"""
UNPOOLED = """network unpooled {
  input 3 x 32 x 32
  scales 3 { width 4 * s }
  stem conv3x3(4)
  sweep down enc { vertical maxpool2x2/2 }
  sweep up on 1..2 { vertical unpool2x2(enc[s+1]); then conv3x3(4) }
  exit at end on scale 1: conv1x1(2)
}"""
PYRAMID = """network pyramid {
  input 3 x 32 x 32
  scales 3 { depth 1, 3, 2 }
  stem conv3x3(4)
  stages { layer conv3x3(8)/stride relu }
  sweep up lateral { then conv1x1(8) }
  sweep up { horizontal in; vertical resize(lateral[s], nearest); join add }
  exit fine at end on scale 1: conv3x3(8)
  exit mid at end on scale 2: conv3x3(8)
  exit sort at end on scale 3: gap linear(5)
}"""
GRID = """network grid {
  input 3 x 32 x 32
  scales 3 { width 4, 8, 8 }
  stem conv3x3(4)
  vertical conv3x3(width)/2
  layers 3 { diagonal conv3x3(width)/2; horizontal conv3x3(width); join add }
  exit early at 2: conv1x1(5)
  sweep up { horizontal conv1x1(8); vertical conv1x1(8) upsample(2); join add }
  exit late at end on scale 1: conv1x1(5)
}"""
TEXTS = {"u": U, "unpooled": UNPOOLED, "pyramid": PYRAMID, "grid": GRID}
