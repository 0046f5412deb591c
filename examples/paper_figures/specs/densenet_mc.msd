# DenseNet-MC for digits: a DenseNet with classifiers at five depths (Huang et al., ICLR 2018, section 5)
import "blocks.msd"

network densenet_mc(classes = 10, size = 16, g = 5) {
  input 1 x size x size
  scales 3 { depth 6 }
  stem conv3x3(9)
  stages dense {
    layer   bn relu conv3x3(g)
    between bn relu conv1x1(channels) avgpool2x2/2
  }
  exits at 2, 4, 7, 11: pooled(classes)
  exit at end:          pooled(classes)
  expect params 53_258, macs 3_445_446
}
