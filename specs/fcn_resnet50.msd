# FCN on a dilated ResNet-50 (Long et al., CVPR 2015), output stride 8, as torchvision's weights have it
import "blocks.msd"

network fcn_resnet50(classes = 21, rows = 520, cols = 520) {
  input 3 x rows x cols
  scales 4 {
    depth 3, 4, 6, 3
    width 64 * 2^(s-1)
    ratio 1, 2, 1, 1  # the last two stages dilate instead, each from its second layer on
  }
  stem conv7x7(64)/2 bn relu  maxpool3x3/2
  stages { layer bottleneck(width, dilation = max(1, 2^(s-(3 when i == 1 else 2))))/stride }
  exit at end: fcn_head(512, classes) resize
  expect params 32_957_013, macs 142_725_772_800
}
