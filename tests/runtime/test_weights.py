"""Files of weights from elsewhere: a network takes its own, prepared for as the file says."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import save_file

from msdl.compilation import Compilation
from msdl.interop.weights import Pixels, encoded
from msdl.runtime.errors import InputError
from msdl.runtime.load import built
from msdl.runtime.preprocessing import Preprocessing
from msdl.runtime.trained import imported
from msdl.runtime.weights import Weights

SPEC = """
network {name}(classes = 4, size = 16) {{
  input 3 x size x size
  stem conv3x3(4) bn relu
  exit at end: gap linear(classes)
}}
"""
PIXELS = Pixels((0.5, 0.25, 0.75), (0.1, 0.2, 0.3), 0.5)


def network(name: str = "small", **settings: int) -> Compilation:
    return Compilation.of_text(SPEC.format(name=name), **settings)


def written(path: Path, of: Compilation, pixels: Pixels | None = PIXELS) -> Path:
    torch.manual_seed(0)
    path.write_bytes(encoded(built(of).state_dict(), of, pixels))
    return path


def test_a_network_takes_its_weights_at_any_size(tmp_path: Path) -> None:
    file = written(tmp_path / "w", network())
    found = imported(network(size=24), file)
    assert not found.model.training and found.run is None
    tensors = Weights.read(file).tensors
    assert all(torch.equal(value, tensors[key]) for key, value in found.model.state_dict().items())
    # Of the shorter side the half is seen.
    assert found.preprocessing == Preprocessing((3, 24, 24), PIXELS.mean, PIXELS.std, 48)
    assert found.alone(1).preprocessing == found.preprocessing


@pytest.mark.parametrize(
    ("pixels", "side"), [(Pixels(PIXELS.mean, PIXELS.std), None), (Pixels(PIXELS.mean, PIXELS.std, 224 / 256), 256)]
)
def test_what_is_seen_of_a_picture(pixels: Pixels, side: int | None, tmp_path: Path) -> None:
    found = Weights.read(written(tmp_path / "w", network(), pixels)).preprocessing((3, 224, 224))
    assert found == Preprocessing((3, 224, 224), PIXELS.mean, PIXELS.std, side)


def test_nobody_has_to_say_it(tmp_path: Path) -> None:
    assert imported(network(), written(tmp_path / "w", network(), None)).preprocessing is None


def test_every_tensor_that_differs_is_told(tmp_path: Path) -> None:
    file = written(tmp_path / "w", network("other", classes=7))
    with pytest.raises(InputError) as caught:
        imported(network(), file)
    assert str(caught.value) == (
        f"'{file}' doesn't hold the weights of 'small': 'exits.end.1.weight' is 7 x 4, in the network 4 x 4; "
        "'exits.end.1.bias' is 7, in the network 4."
    )
    assert caught.value.help == "it says that it holds the weights of 'other'"


def test_of_many_that_differ_the_first_are_told(tmp_path: Path) -> None:
    save_file({}, tmp_path / "w")
    with pytest.raises(InputError, match=r"'stem\.0\.weight' is missing, .*; and 2 more\.$"):
        imported(network(), tmp_path / "w")


@pytest.mark.parametrize(
    "said",
    [
        "no json",
        "[]",
        json.dumps({"mean": [0, 0, 0]}),
        json.dumps({"mean": [0], "std": [1]}),
        json.dumps({"mean": [0, 0, 0], "std": [1, 1, 1], "crop": 0}),
        json.dumps({"mean": [0, 0, 0], "std": [1, 1, 1], "crop": 1.5}),
        json.dumps({"mean": [0, 0, 0], "std": [1, 0, 1]}),
    ],
)
def test_a_preprocessing_that_makes_no_sense_is_said(said: Any, tmp_path: Path) -> None:
    save_file({"x": torch.zeros(1)}, tmp_path / "w", {"preprocessing": said})
    with pytest.raises(InputError, match="doesn't say how pictures are prepared"):
        Weights.read(tmp_path / "w").preprocessing((3, 16, 16))
