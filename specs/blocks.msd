# Blocks that networks of the library share.

# MSDNet: a path of a layer, as h in Huang et al. (ICLR 2018). The bottleneck is never wider than what arrives.
block h(c, w) = conv1x1(min(channels, w * c)) bn relu  conv3x3(c)/stride bn relu

# MSDNet: the classifier. What it reads is coarse already, so that two more steps down suffice.
block classifier(c, classes) =
    conv3x3(c)/2 bn relu  conv3x3(c)/2 bn relu  avgpool2x2/2 linear(classes)

# A residual's other way: the identity, or a projection where the shape changes (He et al., CVPR 2016, option B).
block shortcut(c) = identity when stride == 1 and channels == c else conv1x1(c)/stride bn

# ResNet-18 and -34: two 3x3 convolutions beside an identity (He et al., CVPR 2016, figure 5, left).
block basic(c) {
  main = conv3x3(c)/stride bn relu  conv3x3(c) bn
  skip = shortcut(c)/stride
  out  = main + skip -> relu
}

# ResNet-50 and deeper: 1x1, 3x3, 1x1 (figure 5, right). The stride is the 3x3's, as in torchvision's weights; in
# the paper it is the first 1x1's. ResNeXt (Xie et al., CVPR 2017): a 3x3 of another width w, in groups.
block bottleneck(c, w = c, groups = 1, dilation = 1) {
  main = conv1x1(w) bn relu  conv3x3(w, groups = groups, dilation = dilation)/stride bn relu
      -> conv1x1(4 * c) bn
  skip = shortcut(4 * c)/stride
  out  = main + skip -> relu
}

# The same as the paper has it, with the stride in the first 1x1: DeepLab's weights come from there.
block early_bottleneck(c, dilation = 1) {
  main = conv1x1(c)/stride bn relu  conv3x3(c, dilation = dilation) bn relu  conv1x1(4 * c) bn
  skip = shortcut(4 * c)/stride
  out  = main + skip -> relu
}

# DenseNet-BC (Huang et al., CVPR 2017): the B, a bottleneck of 4k maps before the k new ones ..
block dense_layer(k) = bn relu conv1x1(4 * k)  bn relu conv3x3(k)

# .. and the C, which halves the maps (theta = 0.5) before the resolution is halved.
block dense_transition(theta = 0.5) = bn relu conv1x1(floor(theta * channels)) avgpool2x2/2

# The classifier of a pre-activation network: what arrives is not normalised yet.
block pooled(classes) = bn relu gap linear(classes)

# Squeeze-and-excitation: every channel is scaled by a gate that has seen the whole map (Hu et al., CVPR 2018).
block se(c, r = 16) = in * (gap conv1x1(c/r, bias) relu  conv1x1(c, bias) sigmoid)

# ShuffleNet: convolutions in groups, and a shuffle between them (Zhang et al., CVPR 2018, figure 2).
block shufflenet_unit(c, g, first = g) {
  few  = conv1x1(c/4, groups = first) bn relu  shuffle(g)
  more = c when stride == 1 else c - channels
  main = few -> dwconv3x3/stride bn  conv1x1(more, groups = g) bn
  out  = (main + in when stride == 1 else [main, avgpool3x3/stride]) -> relu
}

# Strip pooling: a gate that has seen whole rows and whole columns (Hou et al., CVPR 2020, figure 3).
block strips {
  tall = pool_h conv3x1(channels) bn resize(in, nearest)
  wide = pool_w conv1x3(channels) bn resize(in, nearest)
  gate = tall + wide -> relu conv1x1(channels, bias) sigmoid
  out  = in * gate
}

# Segmentation on a dilated ResNet: a 3x3 convolution, then every position is classified (Long et al., CVPR 2015).
block fcn_head(c, classes) = conv3x3(c) bn relu dropout(0.1)  conv1x1(classes, bias)

# DeepLab v3's pyramid: one position, 3x3 at the rates r, 2r and 3r, and the whole map (Chen et al., 2017, 3.3).
block aspp(c, r) {
  near   = conv1x1(c) bn relu
  far[i] = conv3x3(c, dilation = i * r) bn relu for i in 1..3
  whole  = gap conv1x1(c) bn relu  resize(in)
  out    = [near, far[1], far[2], far[3], whole] -> conv1x1(c) bn relu
}
