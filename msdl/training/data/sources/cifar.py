"""`cifar10:PATH`, `cifar100:PATH`: the published binary archives (Krizhevsky 2009), packed or unpacked.

A record is the label, before which CIFAR-100 has a coarse one, and 3 x 32 x 32 bytes, red first.
"""

from __future__ import annotations

import gzip
import tarfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path, PurePosixPath

import torch
from torch import Tensor

from msdl.runtime.errors import InputError
from msdl.runtime.pictures import reason
from msdl.training.data.collection import TEST, TRAIN, Collection
from msdl.training.data.pictures import Raster

SHAPE = (3, 32, 32)
PIXELS = 3 * 32 * 32
URL = "https://www.cs.toronto.edu/~kriz/cifar.html"
CHUNK = 1 << 20  # bytes
LARGEST_LIST = 65_536  # bytes of class names


@dataclass(frozen=True)
class Archive:
    """What a published archive holds: files of so many records each, and a file with the classes' names, one a line."""

    title: str
    folder: str
    train: tuple[str, ...]
    test: str
    records: Mapping[str, int]
    names: str
    labels: int
    classes: int

    @property
    def record(self) -> int:
        """Bytes."""
        return self.labels + PIXELS


_BATCHES = tuple(f"data_batch_{number}.bin" for number in range(1, 6))
CIFAR10 = Archive(
    "CIFAR-10",
    "cifar-10-batches-bin",
    _BATCHES,
    "test_batch.bin",
    dict.fromkeys((*_BATCHES, "test_batch.bin"), 10_000),
    "batches.meta.txt",
    labels=1,
    classes=10,
)
CIFAR100 = Archive(
    "CIFAR-100",
    "cifar-100-binary",
    ("train.bin",),
    "test.bin",
    {"train.bin": 50_000, "test.bin": 10_000},
    "fine_label_names.txt",
    labels=2,
    classes=100,
)


def read(archive: Archive, place: str) -> Collection:
    """Its test files are the test part; 5,000 of its 50,000 other images are for validation. Raises InputError."""
    path = Path(place)
    files = _files(archive, path)
    for name in (*archive.records, archive.names):
        if name not in files:
            raise InputError(f"'{path}' has no '{name}'.", _help(archive, path, files))
    records = {name: _records(archive, name, files[name]) for name in archive.records}
    rows = torch.cat(list(records.values()))
    tested = len(records[archive.test])
    return Collection(
        _classes(archive, files[archive.names]),
        tuple(f"{Path(name).stem}/{index}" for name, found in records.items() for index in range(len(found))),
        rows[:, archive.labels - 1].long(),
        Raster(rows[:, archive.labels :].reshape(-1, *SHAPE)),
        {TRAIN: range(len(rows) - tested), TEST: range(len(rows) - tested, len(rows))},
        validation=Fraction(1, 10),
    )


def _records(archive: Archive, name: str, data: bytes) -> Tensor:
    """A file's records, a row each."""
    count, size = archive.records[name], archive.record
    if len(data) != count * size:
        raise InputError(
            f"'{name}' is cut off or something else: it doesn't hold {count:,} x {size:,} = {count * size:,} bytes.",
            f"fetch the archive again: {URL}",
        )
    return torch.frombuffer(bytearray(data), dtype=torch.uint8).view(count, size)


def _classes(archive: Archive, data: bytes) -> tuple[str, ...]:
    names = tuple(data.decode("utf-8", "replace").split())
    if len(names) != archive.classes or len(set(names)) != len(names):
        raise InputError(f"'{archive.names}' has {len(names)} names, not those of {archive.classes} classes.")
    return names


def _files(archive: Archive, path: Path) -> dict[str, bytes]:
    """The contents of the files of an archive, or of another one's where it is that."""
    if not path.exists():
        raise InputError(f"There is no file or folder '{path}'.", f"{archive.title} is at {URL}, in the binary version")
    try:
        found = _unpacked(archive, path) if path.is_dir() else _packed(path)
        return dict(found)
    except (tarfile.TarError, gzip.BadGzipFile, EOFError, zlib.error):
        raise InputError(f"'{path}' is cut off, damaged, or no .tar.gz archive.", f"fetch it again: {URL}") from None
    except OSError as error:
        raise InputError(f"'{path}' can't be read: {reason(error)}.") from None


def _unpacked(archive: Archive, path: Path) -> Iterator[tuple[str, bytes]]:
    inner = path / archive.folder
    for file in (inner if inner.is_dir() else path).iterdir():
        if file.is_file() and (limit := _limit(file.name)):
            with file.open("rb") as opened:
                yield file.name, opened.read(limit)


def _packed(path: Path) -> Iterator[tuple[str, bytes]]:
    """Nothing is unpacked onto the disk, so that what a member's path says doesn't matter."""
    with tarfile.open(path, "r:gz") as archive:
        for member in archive:
            name = PurePosixPath(member.name).name
            if member.isreg() and (limit := _limit(name)) and (file := archive.extractfile(member)):
                yield name, file.read(limit)
        assert archive.fileobj is not None
        while archive.fileobj.read(CHUNK):  # the checksum, which tells of damage, is at the end
            pass


def _limit(name: str) -> int:
    """The most bytes that are read of a file: one more than it should have; 0 where it isn't needed."""
    for archive in (CIFAR10, CIFAR100):
        if name in archive.records:
            return archive.records[name] * archive.record + 1
    return LARGEST_LIST if name in (CIFAR10.names, CIFAR100.names) or _is_pickle(name) else 0


def _is_pickle(name: str) -> bool:
    return name in ("data_batch_1", "train")


def _help(archive: Archive, path: Path, files: Mapping[str, bytes]) -> str:
    if any(map(_is_pickle, files)):
        return f"this is the Python version, whose pickles can run code; the binary version is at {URL}"
    for scheme, other in (("cifar10", CIFAR10), ("cifar100", CIFAR100)):
        if other.test in files and other != archive:
            return f"this is {other.title}: {scheme}:{path}"
    return f"the binary version of {archive.title} is at {URL}"
