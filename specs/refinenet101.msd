# RefineNet on ResNet-101 with four cascaded blocks (Lin et al., CVPR 2017), as DrSleep's weights have it
import "blocks.msd"

# A residual convolution unit, and chained residual pooling: n pools, each of what the one before puts out.
block rcu = in + (relu conv3x3(channels, bias)  relu conv3x3(channels))
block crp(n) = identity when n == 0 else in + (maxpool5x5 conv3x3(channels) crp(n - 1))

network refinenet101(classes = 21, rows = 500, cols = 500) {
  input 3 x rows x cols
  scales 4 {
    depth   3,   4,  23,   3
    width 64 * 2^(s-1)
    maps  256, 256, 256, 512
  }
  stem conv7x7(64)/2 bn relu  maxpool3x3/2
  stages { layer bottleneck(width)/stride }
  sweep up adapted {
    then dropout when s > 2 else identity
    then conv3x3(maps) rcu rcu
    then conv3x3(maps) when s < 4 else identity
  }
  sweep up {
    horizontal identity
    vertical   resize(adapted[s], corners)
    join add
    then relu crp(4) rcu rcu rcu
    then conv3x3(maps[s-1]) when s > 1 else dropout
  }
  exit at end on scale 1: conv3x3(classes, bias)
  expect params 118_052_437, macs 253_969_534_976
}
