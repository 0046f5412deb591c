# DeepLab v2 on a dilated ResNet-101 (Chen et al., TPAMI 2018), without its CRF, as kazuto1011's weights have it
import "blocks.msd"

network deeplabv2_resnet101(classes = 21, rows = 513, cols = 513) {
  input 3 x rows x cols
  scales 4 {
    depth    3, 4, 23, 3
    width    64 * 2^(s-1)
    ratio    1, 2,  1, 1
    dilation 1, 1,  2, 4
  }
  block far(r) = conv3x3(classes, bias, dilation = r)
  stem conv7x7(64)/2 bn relu  maxpool3x3(ceil)/2
  stages { layer early_bottleneck(width, dilation = dilation)/stride }
  exit at end: far(6) + far(12) + far(18) + far(24)
  expect params 44_048_532, macs 188_885_763_264
}
