# ResNet-MC: a ResNet of 62 layers with multiple classifiers, a baseline of MSDNet (Huang et al., ICLR 2018), CIFAR
import "blocks.msd"

network resnet_mc(classes = 100, size = 32) {
  input 3 x size x size
  scales 3 {
    depth 10  # blocks per resolution
    width 16 * 2^(s-1)
  }
  stem conv3x3(width) bn relu
  stages { layer basic(width)/stride }
  exits at 4, 8 in each stage: gap linear(classes)  # the early ones lack coarse features: what MSDNet mends
  exit at end:                 gap linear(classes)
  expect params 981_836, macs 139_931_776
}
