# Strip pooling (Hou et al., CVPR 2020), the module of SPNet, in a small network for dense prediction
import "blocks.msd"

network strip_pooling(classes = 21, rows = 128, cols = 128) {
  input 3 x rows x cols
  scales 3 {
    depth 2, 2, 2
    width 32 * 2^(s-1)
  }
  stem conv3x3(width)/2 bn relu
  stages { layer basic(width)/stride strips }
  exit at end: conv1x1(classes, bias) resize
  expect params 1_001_333, macs 454_328_320
}
