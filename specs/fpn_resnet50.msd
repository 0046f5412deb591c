# Feature pyramid network on ResNet-50 (Lin et al., CVPR 2017), as torchvision has it: four maps, the coarsest first
import "blocks.msd"

network fpn_resnet50(classes = 256, rows = 224, cols = 224) {  # maps of every level, for heads to read
  input 3 x rows x cols
  scales 4 {
    depth 3, 4, 6, 3
    width 64 * 2^(s-1)
  }
  stem conv7x7(64)/2 bn relu  maxpool3x3/2
  stages { layer bottleneck(width)/stride }
  sweep up lateral { then conv1x1(classes, bias) }
  sweep up {
    horizontal identity
    vertical   resize(lateral[s], nearest)
    join add
  }
  exit p5 at end on scale 4: conv3x3(classes, bias)
  exit p4 at end on scale 3: conv3x3(classes, bias)
  exit p3 at end on scale 2: conv3x3(classes, bias)
  exit p2 at end on scale 1: conv3x3(classes, bias)
  expect params 26_852_416, macs 6_929_104_896
}
