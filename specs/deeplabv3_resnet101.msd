# DeepLab v3 on a dilated ResNet-101 (Chen et al., 2017), output stride 16, as kazuto1011 has it: multi-grid 1, 2, 4
import "blocks.msd"

network deeplabv3_resnet101(classes = 21, rows = 513, cols = 513) {
  input 3 x rows x cols
  scales 4 {
    depth 3, 4, 23, 3
    width 64 * 2^(s-1)
    ratio 1, 2,  2, 1
  }
  stem conv7x7(64)/2 bn relu  maxpool3x3(ceil)/2
  stages { layer early_bottleneck(width, dilation = 2^i when s == 4 else 1)/stride }
  exit at end: aspp(256, 6) conv1x1(classes, bias)
  expect params 58_040_661, macs 70_243_498_432
}
