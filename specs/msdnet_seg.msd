# MSDNet for segmentation: every exit is a map, from coarse and early to fine (after Huang et al., ICLR 2018)
network msdnet_seg(classes = 5, rows = 64, cols = 64, spacing = 3) {
  input 3 x rows x cols
  scales 4 {
    init   16, 24, 32, 48
    growth  8, 12, 24, 24
  }
  stem     conv3x3(init)/2 bn relu
  vertical conv3x3(init)/2 bn relu
  layers 2 * spacing dense(growth) {
    diagonal    conv3x3(share)/2 bn relu
    horizontal  conv3x3(share) bn relu
    diagonal up conv1x1(share) bn relu  upsample(2) crop
  }
  sweep up {  # as a feature pyramid has it (Lin et al., CVPR 2017)
    horizontal conv1x1(32) bn
    vertical   upsample(2) crop
    join add
    then relu conv3x3(32) bn relu
  }
  exit coarse at spacing on scale 3:     conv1x1(classes, bias) resize
  exit middle at 2 * spacing on scale 2: conv1x1(classes, bias) resize
  exit fine at end on scale 1:           conv1x1(classes, bias) resize
  expect params 309_703, macs 37_792_256
}
