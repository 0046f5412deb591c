"""Checkpoints may come from anywhere: what they hold is read, code in them never runs."""

from __future__ import annotations

import argparse
import gzip
import io
import os
import pickle
import tarfile
import zipfile
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy
import pytest
import safetensors.torch
import torch
from torch import Tensor

from msdl.diagnostics import Mistake
from msdl.interop import checkpoint

WEIGHTS = OrderedDict({"a.weight": torch.arange(6.0).reshape(2, 3), "a.bias": torch.ones(2, dtype=torch.float16)})
PLACES = ("state_dict", "model")
TRAINING = {"epoch": 3, "arch": "msdnet", "best_prec1": torch.tensor(93.2), "optimizer": {"state": {}}}


def read_checkpoint(name: str) -> dict[str, Tensor]:
    return checkpoint.read_checkpoint(name, PLACES)


def pickled(value: Any, **keywords: Any) -> bytes:
    file = io.BytesIO()
    torch.save(value, file, **keywords)
    return file.getvalue()


def archived(content: bytes, mode: Any = "w") -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode=mode) as archive:
        entry = tarfile.TarInfo("model.pth")
        entry.size = len(content)
        archive.addfile(entry, io.BytesIO(content))
    return file.getvalue()


def zipped(name: str, content: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return file.getvalue()


class Code:
    """What runs when it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Callable[..., object], tuple[object, ...]]:
        return os.mkdir, (str(self.path),)


@pytest.mark.parametrize(
    "content",
    [
        pickled(WEIGHTS),
        pickled({**TRAINING, "state_dict": WEIGHTS}),
        pickled({**TRAINING, "model": WEIGHTS, "state_dict": 3}),
        pickled({**TRAINING, "state_dict": WEIGHTS}, _use_new_zipfile_serialization=False),
        pickled({"state_dict": {key: torch.nn.Parameter(tensor) for key, tensor in WEIGHTS.items()}}),
        safetensors.torch.save(WEIGHTS),
        safetensors.torch.save({f"state_dict.{key}": value for key, value in WEIGHTS.items()} | {"lr": torch.ones(1)}),
        safetensors.torch.save({f"model.{key}": value for key, value in WEIGHTS.items()} | {"lr": torch.ones(1)}),
    ],
    ids=[
        "alone", "under state_dict", "under model", "before PyTorch 1.6", "parameters", "safetensors",
        "nested safetensors", "safetensors under model",
    ],
)  # fmt: skip
def test_forms(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "model.pth.tar"
    path.write_bytes(content)
    found = read_checkpoint(str(path))
    assert found.keys() == WEIGHTS.keys()
    assert all(torch.equal(found[key], tensor) and not found[key].requires_grad for key, tensor in WEIGHTS.items())


UNREADABLE: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "is empty"),
    "text": (b"hello world\n" * 60, "isn't a PyTorch checkpoint, or it is truncated or damaged"),
    "cut": (pickled(WEIGHTS)[:-200], "truncated"),
    "cut before PyTorch 1.6": (pickled(WEIGHTS, _use_new_zipfile_serialization=False)[:-8], "truncated"),
    "zip": (zipped("a.txt", b""), "isn't a PyTorch checkpoint"),
    "bomb": (zipped("model/data.pkl", bytes(10_000_000)), "would unpack to 10,000,000 bytes, more than its own"),
    "gzip": (gzip.compress(pickled(WEIGHTS)), "is an archive (gzip)"),
    "tar": (archived(pickled(WEIGHTS)), "is an archive (tar)"),
    "tar.xz": (archived(pickled(WEIGHTS), "w:xz"), "is an archive (xz)"),
    "pickle of Python": (pickle.dumps({"a": 1}), "isn't a PyTorch checkpoint"),
    "list": (pickled([1, 2]), "holds no tensors by name, alone or under 'state_dict' or 'model'"),
    "no tensors": (pickled({"state_dict": {"a": 1}}), "holds no tensors by name"),
    "tensor": (pickled(torch.ones(2)), "holds no tensors by name"),
    "stray": (pickled({"a": torch.ones(2), "epoch": 3}), "'epoch' in '{}' isn't a dense tensor of numbers, but of"),
    "numbered": (pickled({1: torch.ones(2)}), "the key 1, which isn't a text"),
    "grows": (zipped("a/data.pkl", pickle.dumps(bytearray(3), protocol=2)), "isn't a PyTorch checkpoint"),
    "grows before PyTorch 1.6": (pickle.dumps(bytearray(3), protocol=2), "isn't a PyTorch checkpoint"),
    "sparse": (pickled({"a": torch.ones(2).to_sparse()}), "a tensor (torch.float32, torch.sparse_coo, on cpu)"),
    "without data": (pickled({"a": torch.ones(2, device="meta")}), "a tensor (torch.float32, torch.strided, on meta)"),
    "complex": (pickled({"a": torch.ones(2, dtype=torch.complex64)}), "a tensor (torch.complex64"),
    "numpy": (pickled({"state_dict": WEIGHTS, "best_prec1": numpy.float64(3)}), "multiarray.scalar'"),
    "namespace": (pickled({"state_dict": WEIGHTS, "args": argparse.Namespace(a=1)}), "asks for 'argparse.Namespace'"),
    "module": (pickled(torch.nn.Linear(2, 2)), "it asks for 'torch.nn.modules.linear.Linear'"),
    "x.safetensors": (b"\x10" + bytes(7) + b"{}", "isn't a safetensors file that can be read"),
}  # fmt: skip


@pytest.mark.parametrize("name", UNREADABLE)
def test_what_is_no_checkpoint(name: str, tmp_path: Path) -> None:
    content, words = UNREADABLE[name]
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(Mistake) as caught:
        read_checkpoint(str(path))
    assert caught.value.diagnostic.code == "MSD710"
    assert words.format(path) in caught.value.diagnostic.message


@pytest.mark.parametrize(
    ("name", "words"), [("nosuch", "No such file"), (".", "isn't a file"), ("nul\0l", "null"), ("x" * 300, "too long")]
)
def test_where_there_is_no_file(name: str, words: str, tmp_path: Path) -> None:
    with pytest.raises(Mistake, match=words):
        read_checkpoint(f"{tmp_path}/{name}")


@pytest.mark.parametrize("keywords", [{}, {"_use_new_zipfile_serialization": False}], ids=["zip", "before PyTorch 1.6"])
@pytest.mark.parametrize("place", ["weights", "beside"])
def test_code_is_refused_and_not_run(keywords: dict[str, Any], place: str, tmp_path: Path) -> None:
    ran = tmp_path / "ran"
    evil = (
        {"state_dict": {**WEIGHTS, "b": Code(ran)}} if place == "weights" else {"state_dict": WEIGHTS, "b": Code(ran)}
    )
    path = tmp_path / "model.pth.tar"
    path.write_bytes(pickled(evil, **keywords))
    with pytest.raises(Mistake, match=r"was not read: it asks for '\w+\.mkdir', and .* may run any code"):
        read_checkpoint(str(path))
    assert not ran.exists()
    # The file is as bad as it is meant to be.
    torch.load(path, weights_only=False)
    assert ran.exists()


def test_a_bare_pickle_with_code(tmp_path: Path) -> None:
    path = tmp_path / "model.pth"
    path.write_bytes(pickle.dumps(Code(tmp_path / "ran")))
    with pytest.raises(Mistake):
        read_checkpoint(str(path))
    assert not (tmp_path / "ran").exists()


def test_the_way_out_is_said(tmp_path: Path) -> None:
    path = tmp_path / "model.pth"
    path.write_bytes(pickled({"state_dict": WEIGHTS, "args": argparse.Namespace(a=1)}))
    with pytest.raises(Mistake) as caught:
        read_checkpoint(str(path))
    trust, *lines = caught.value.diagnostic.help.splitlines()
    assert trust.startswith("if you trust where it comes from")
    exec("\n".join(lines).replace("'weights.pth'", repr(str(path))), {"torch": torch})
    assert read_checkpoint(str(path)).keys() == WEIGHTS.keys()
