"""Tiny copies of what users have: class folders, CIFAR archives, tables."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from PIL import Image

from msdl.runtime.errors import InputError
from msdl.training.data.sources import cifar


def png(grey: int, size: tuple[int, int] = (6, 5)) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", size, (grey, grey, grey)).save(file, "PNG")
    return file.getvalue()


def refusal(call: Callable[[], object]) -> InputError:
    """What a call refuses its input with."""
    with pytest.raises(InputError) as caught:
        call()
    return caught.value


def class_folders(root: Path, counts: Mapping[str, int]) -> Path:
    """`{"train/cat": 3}` makes three images there, each of a grey of its own."""
    grey = 0
    for name, count in counts.items():
        (root / name).mkdir(parents=True)
        for number in range(count):
            grey += 1
            (root / name / f"{number}.png").write_bytes(png(grey))
    return root


def tiny(archive: cifar.Archive, count: int) -> cifar.Archive:
    return replace(archive, records=dict.fromkeys(archive.records, count))


def cifar_files(archive: cifar.Archive) -> dict[str, bytes]:
    """Record number i of a file has label i modulo the classes, and its pixels are i; a coarse label is 19."""
    label = (lambda i: [i % 10]) if archive.labels == 1 else (lambda i: [19, i % 100])
    files = {
        name: b"".join(bytes([*label(i), *[i % 256] * cifar.PIXELS]) for i in range(count))
        for name, count in archive.records.items()
    }
    names = "".join(f"class{number}\n" for number in range(archive.classes)) + "\n"
    return {**files, archive.names: names.encode(), "readme.html": b"<p>"}


def unpacked(files: Mapping[str, bytes], folder: Path) -> Path:
    folder.mkdir()
    for name, data in files.items():
        (folder / name).write_bytes(data)
    return folder


def packed(files: Mapping[str, bytes], path: Path, inside: str = "cifar-10-batches-bin") -> Path:
    with tarfile.open(path, "w:gz") as archive:
        for name, data in files.items():
            member = tarfile.TarInfo(f"{inside}/{name}")
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    return path


@pytest.fixture(autouse=True)
def _one_thread() -> None:
    torch.set_num_threads(1)
