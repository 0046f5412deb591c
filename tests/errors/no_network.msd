block b(c) = conv3x3(c)
