# MSDNet's ablation study, without dense connections: a layer sees the layer before it alone (Huang et al., ICLR 2018)
import "blocks.msd"

network ablation_without_dense(classes = 100, size = 32, g = 26) {
  input 3 x size x size
  scales 3 {
    init   floor(8*g/3) * 2^(s-1)
    growth g * 2^(s-1)
    widen  2^(s-1)
  }
  stem     conv3x3(init) bn relu
  vertical conv3x3(init)/2 bn relu
  layers 16 plain(growth) {
    diagonal   h(share, widen[s-1])/2
    horizontal h(share, widen)
  }
  reduce at 6, 12  # without a transition: nothing has been collected that it could compress
  exits at 4..16 step 2: classifier(128, classes)
  expect params 4_322_339, macs 295_543_296
}
