# MSDNet's ablation study, without multiple scales: a DenseNet of one resolution at a time (Huang et al., ICLR 2018)
import "blocks.msd"

network ablation_without_multiscale(classes = 100, size = 32, g = 18) {
  input 3 x size x size
  scales 3 {
    depth  6, 6, 4  # a resolution ends where ablation_full drops it
    growth g * 2^(s-1)
  }
  stem conv3x3(floor(8*g/3)) bn relu
  stages dense {
    layer   h(growth, 2^(s-1))
    between conv1x1(floor(channels/2)) bn relu  conv3x3(growth)/2 bn relu
  }
  exits at 4..16 step 2: classifier(128, classes)
  expect params 4_216_448, macs 307_619_840
}
