"""What torchvision's networks are wrapped in, and how their keys were once spelt."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import safetensors.torch
import torch

from msdl.diagnostics import Mistake
from msdl.interop.torchvision.checkpoint import read_checkpoint, unwrapped

WEIGHTS = {"conv1.weight": torch.arange(6.0).reshape(2, 3), "fc.bias": torch.ones(2)}


def prefixed(prefix: str) -> dict[str, Any]:
    return {prefix + key: tensor for key, tensor in WEIGHTS.items()}


@pytest.mark.parametrize(
    "saved",
    [
        WEIGHTS,
        {"model": WEIGHTS, "epoch": 3, "optimizer": {"state": {}}},
        {"state_dict": prefixed("module."), "best_acc1": torch.tensor(76.1)},
        {"model_state_dict": prefixed("_orig_mod.")},
        {"state_dict": prefixed("model."), "pytorch-lightning_version": "2.5"},
        {"model": prefixed("_orig_mod.module.")},
    ],
)
def test_wrappers(saved: dict[str, Any], tmp_path: Path) -> None:
    path = tmp_path / "model.pth"
    torch.save(saved, path)
    found = read_checkpoint(str(path))
    assert found.keys() == WEIGHTS.keys()
    assert all(torch.equal(found[key], tensor) for key, tensor in WEIGHTS.items())


@pytest.mark.parametrize("prefix", ["", "model.", "state_dict.module.", "model.module."])
def test_safetensors(prefix: str, tmp_path: Path) -> None:
    path = tmp_path / "model.safetensors"
    path.write_bytes(safetensors.torch.save(prefixed(prefix)))
    assert read_checkpoint(str(path)).keys() == WEIGHTS.keys()


@pytest.mark.parametrize(
    ("old", "key"),
    [
        ("features.denseblock1.denselayer12.norm.1.weight", "features.denseblock1.denselayer12.norm1.weight"),
        ("features.denseblock4.denselayer1.conv.2.weight", "features.denseblock4.denselayer1.conv2.weight"),
        ("features.denseblock4.denselayer1.conv2.weight", "features.denseblock4.denselayer1.conv2.weight"),
        ("features.module.28.bias", "features.28.bias"),
        ("features.18.1.weight", "features.18.1.weight"),
        ("classifier.module.bias", "classifier.module.bias"),
    ],
)
def test_old_spellings(old: str, key: str) -> None:
    assert [*unwrapped({old: torch.ones(1)})] == [key]


@pytest.mark.parametrize(
    "keys", [["module.a", "b"], ["model.a", "module.b"], []], ids=["one bare", "two wrappers", "none"]
)
def test_a_prefix_that_not_all_keys_have_is_no_wrapper(keys: list[str]) -> None:
    assert [*unwrapped(dict.fromkeys(keys, torch.ones(1)))] == keys


class Code:
    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Callable[..., object], tuple[object, ...]]:
        return Path.mkdir, (self.path,)


def test_code_is_not_run(tmp_path: Path) -> None:
    path, ran = tmp_path / "model.pth", tmp_path / "ran"
    torch.save({"model": WEIGHTS, "args": Code(ran)}, path)
    with pytest.raises(Mistake) as caught:
        read_checkpoint(str(path))
    assert not ran.exists()
    assert "torch.save(checkpoint['model'], 'weights.pth')" in caught.value.diagnostic.help
