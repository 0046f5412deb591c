"""What exits' maps are about: found from the graph, kept in the run, applied to logits and masks."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from msdl.compilation import Compilation
from msdl.training.views import centre, fitted, views

FORM = """\
network form {
  input 3 x 33 x 40
  scales 1 { c 4 }
  stem CHAIN
  exit at end: conv1x1(2)
}
"""


@pytest.mark.parametrize(
    ("chain", "view"),
    [
        ("conv3x3(4)", (33, 40)),
        ("conv3x3(4)/2", (33, 40)),
        ("conv3x3(4, valid)", (31, 38)),
        ("conv3x3(4)/2 conv3x3(4, valid)", (30, 36)),
        ("maxpool2x2/2 maxpool2x2/2", (33, 40)),
        ("maxpool2x2/2 conv3x3(4, valid) deconv2x2(4, up = 2)", (28, 36)),
        ("conv3x3(4)/2 upsample(2)", (33, 40)),
        ("conv3x3(4)/2 resize", (33, 40)),
        ("pool(1) resize", (33, 40)),
        ("pool(1)", (33, 40)),
    ],
)
def test_a_map_is_about_as_much_of_the_image_as_its_pixels_cover(
    chain: str, view: tuple[int, int], tmp_path: Path
) -> None:
    path = tmp_path / "form.msd"
    path.write_text(FORM.replace("CHAIN", chain))
    assert views(Compilation.of(path).network) == {"exit1": view}


def test_unet_is_about_the_centre() -> None:
    assert set(views(Compilation.of("unet").network).values()) == {(388, 388)}


def test_unpooling_goes_back_to_where_the_pool_read() -> None:
    network = Compilation.of("segnet").network
    _, *sides = network.image.extents
    assert set(views(network).values()) == {tuple(sides)}


def test_logits_are_interpolated_and_masks_cut_out() -> None:
    small, large = torch.rand(2, 3, 4, 5), torch.rand(2, 3, 8, 10)
    first, second = fitted([small, large], [(8, 10), (8, 10)])
    assert first.shape == (2, 3, 8, 10) and second is large
    masks = torch.arange(6 * 8).view(1, 6, 8)
    assert torch.equal(centre(masks, (2, 4)), masks[:, 2:4, 2:6])
    assert torch.equal(centre(masks, (6, 8)), masks)
