# A network of all that blocks can say: equations, families, tuples, gates, recursion, joins.
block se(c, r = 4) = in * (gap conv1x1(c/r, bias) relu conv1x1(c, bias) sigmoid)

block basic(c) {
  main = conv3x3(c)/stride bn relu  conv3x3(c) bn se(c)
  skip = identity when stride == 1 and channels == c else conv1x1(c)/stride bn
  out  = main + skip -> relu
}

block res2(c, n) {
  x    = split(in, n)
  y[1] = x[1]
  y[2] = x[2] -> conv3x3(c) bn relu
  y[i] = x[i] + y[i-1] -> conv3x3(c) bn relu for i in 3..n
  out  = [y[1], y[2], y[3], y[n]] -> conv1x1(channels) bn
}

block fractal(C, c) =
  conv3x3(c) bn relu when C == 1 else (conv3x3(c) bn relu, mean(fractal(C-1, c)) -> fractal(C-1, c))

network all_blocks(classes = 5) {
  input 3 x 32 x 32
  scales 2 { width 16 * 2^(s-1) }
  stem     conv3x3(width) bn relu
  vertical conv3x3(width)/2 bn relu
  layers 2 residual {
    diagonal   basic(width)/2
    horizontal res2(width/4, 4)
    join add
    then bn relu
  }
  layers 1 {
    from j where j <= s: conv1x1(width)/(2^(s-j)) bn
    join add
  }
  layers 1 { horizontal mean(fractal(3, width)) dropout(0.1) }
  exit early at 2: gap linear(classes)
  exit at end: gap linear(classes) softmax
}
