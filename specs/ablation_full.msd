# MSDNet's ablation study, the whole network at about 3.0e8 MACs, CIFAR (Huang et al., ICLR 2018)
import "blocks.msd"

network ablation_full(classes = 100, size = 32, g = 14) {
  input 3 x size x size
  scales 3 {
    init   floor(8*g/3) * 2^(s-1)  # g sizes the network: it is the growth at the finest scale
    growth g * 2^(s-1)
    widen  2^(s-1)
  }
  stem     conv3x3(init) bn relu
  vertical conv3x3(init)/2 bn relu
  layers 16 dense(growth) {
    diagonal   h(share, widen[s-1])/2
    horizontal h(share, widen)
  }
  reduce at 6, 12: conv1x1(compress(0.5)) bn relu
  exits at 4..16 step 2: classifier(128, classes)
  expect params 7_062_977, macs 316_122_624
}
