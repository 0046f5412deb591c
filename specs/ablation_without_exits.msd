# MSDNet's ablation study, without intermediate exits: one classifier at the end (Huang et al., ICLR 2018)
import "blocks.msd"

network ablation_without_exits(classes = 100, size = 32, g = 15) {
  input 3 x size x size
  scales 3 {
    init   floor(8*g/3) * 2^(s-1)
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
  exit at end: classifier(128, classes)
  expect params 3_614_485, macs 305_649_920
}
