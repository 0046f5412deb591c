# DenseNet-MC: a DenseNet of 52 layers with multiple classifiers, a baseline of MSDNet (Huang et al., ICLR 2018), CIFAR
import "blocks.msd"

network densenet_mc(classes = 100, size = 32, k = 6) {
  input 3 x size x size
  scales 3 { depth 16 }
  stem conv3x3(16)
  stages dense {
    layer   bn relu conv3x3(k)
    between bn relu conv1x1(channels) avgpool2x2/2  # neither bottleneck nor compression: a plain DenseNet
  }
  exits at 6, 12 in each stage: pooled(classes)
  exit at end:                  pooled(classes)
  expect params 612_196, macs 127_177_680
}
