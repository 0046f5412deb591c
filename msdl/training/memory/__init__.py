"""Training in less memory: the backward pass makes again what is cheap to make (Pleiss et al. 2017).

    with Recomputation():
        logits = model(images)
    sum(map(loss, logits)).backward()

A network that concatenates all that was made before keeps each of these concatenations for its backward pass: memory
grows with the square of the depth, though little in them is new. Here it keeps the pieces. A concatenation, and what
pointwise convolution (a bottleneck), batch norm and activation made of it, is remembered as the way in which it came
about, and is made again from the pieces when the backward pass asks for it.
"""

from msdl.training.memory.recomputation import Recomputation

__all__ = ["Recomputation"]
