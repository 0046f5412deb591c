# FractalNet, 20 layers in 5 blocks of 3 columns, CIFAR-10 (Larsson et al., ICLR 2017): the pools follow the joins
network fractalnet(classes = 10, size = 32) {
  input 3 x size x size
  scales 5 {
    depth 1
    width 64, 128, 256, 512, 512
  }
  block unit = conv3x3(width) bn relu dropout((s-1)/10)
  block fractal(C) = unit when C == 1 else (unit, mean(fractal(C - 1)) -> fractal(C - 1))
  stages {
    layer   mean(fractal(3))
    between maxpool2x2/2
  }
  exit at end: maxpool2x2/2 linear(classes)
  expect params 33_724_618, macs 845_222_912
}
