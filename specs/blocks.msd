# Blocks that networks of the library share.

# MSDNet: a path of a layer, as h in Huang et al. (ICLR 2018). The bottleneck is never wider than what arrives.
block h(c, w) = conv1x1(min(channels, w * c)) bn relu  conv3x3(c)/stride bn relu

# MSDNet: the classifier. What it reads is coarse already, so that two more steps down suffice.
block classifier(c, classes) =
    conv3x3(c)/2 bn relu  conv3x3(c)/2 bn relu  avgpool2x2/2 linear(classes)

# ResNet-18 and -34: two 3x3 convolutions beside an identity (He et al., CVPR 2016, figure 5, left).
block basic(c) {
  main = conv3x3(c)/stride bn relu  conv3x3(c) bn
  skip = identity when stride == 1 and channels == c else conv1x1(c)/stride bn
  out  = main + skip -> relu
}

# ResNet-50 and deeper: 1x1, 3x3, 1x1 (figure 5, right). The stride is the 3x3's, as in torchvision's weights; in the
# paper it is the first 1x1's.
block bottleneck(c) {
  main = conv1x1(c) bn relu  conv3x3(c)/stride bn relu  conv1x1(4 * c) bn
  skip = identity when stride == 1 and channels == 4*c else conv1x1(4 * c)/stride bn
  out  = main + skip -> relu
}

# DenseNet-BC (Huang et al., CVPR 2017): the B, a bottleneck of 4k maps before the k new ones ..
block dense_layer(k) = bn relu conv1x1(4 * k)  bn relu conv3x3(k)

# .. and the C, which halves the maps (theta = 0.5) before the resolution is halved.
block dense_transition(theta = 0.5) = bn relu conv1x1(floor(theta * channels)) avgpool2x2/2

# The classifier of a pre-activation network: what arrives is not normalised yet.
block pooled(classes) = bn relu gap linear(classes)
