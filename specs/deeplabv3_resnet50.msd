# DeepLab v3 on a dilated ResNet-50 (Chen et al., 2017), output stride 8, with an auxiliary exit: torchvision's weights
import "blocks.msd"

network deeplabv3_resnet50(classes = 21, rows = 520, cols = 520) {
  input 3 x rows x cols
  scales 4 {
    depth 3, 4, 6, 3
    width 64 * 2^(s-1)
    ratio 1, 2, 1, 1  # the last two stages dilate instead, each from its second layer on
  }
  stem conv7x7(64)/2 bn relu  maxpool3x3/2
  stages { layer bottleneck(width, dilation = max(1, 2^(s-(3 when i == 1 else 2))))/stride }
  exit aux at stage 3: fcn_head(256, classes) resize
  exit out at end:     aspp(256, 12) dropout  conv3x3(256) bn relu  conv1x1(classes, bias) resize
  expect params 42_004_074, macs 178_721_945_088
}
