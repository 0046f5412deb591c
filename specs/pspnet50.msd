# PSPNet on a dilated ResNet-50 (Zhao et al., CVPR 2017), output stride 8, with an auxiliary exit: semseg's weights
import "blocks.msd"

block bin(n) = pool(n) conv1x1(512) bn relu  resize(in, corners)

network pspnet50(classes = 21, rows = 473, cols = 473) {
  input 3 x rows x cols  # 8n + 1 rows and columns, so that the corners of all maps meet
  scales 4 {
    depth 3, 4, 6, 3
    width 64 * 2^(s-1)
    ratio 1, 2, 1, 1
  }
  stem conv3x3(64)/2 bn relu  conv3x3(64) bn relu  conv3x3(128) bn relu  maxpool3x3/2
  stages { layer bottleneck(width, dilation = max(1, 2^(s-2)))/stride }
  exit aux at stage 3: fcn_head(256, classes) resize(corners)
  exit out at end: [in, bin(1), bin(2), bin(3), bin(6)] -> fcn_head(512, classes) resize(corners)
  expect params 49_081_578, macs 170_149_885_120
}
