from __future__ import annotations

import tarfile
from dataclasses import replace
from pathlib import Path

import pytest

from msdl.training.data import open_data
from msdl.training.data.dataset import Dataset
from msdl.training.data.sources import SOURCES, cifar
from tests.training.data.conftest import cifar_files, packed, refusal, tiny, unpacked

PUBLISHED = (cifar.CIFAR10, cifar.CIFAR100)
CIFAR10, CIFAR100 = tiny(cifar.CIFAR10, 20), tiny(cifar.CIFAR100, 1000)
CASES = [("cifar10", CIFAR10, 10), ("cifar100", CIFAR100, 100)]


@pytest.fixture(autouse=True)
def _tiny(monkeypatch: pytest.MonkeyPatch) -> None:
    """The archives with fewer records."""
    for name, archive, _ in CASES:
        monkeypatch.setattr(cifar, name.upper(), archive)
        monkeypatch.setitem(
            SOURCES,
            name,
            replace(SOURCES[name], read=lambda place, request, archive=archive: cifar.read(archive, place)),
        )


def opened(place: Path, name: str = "cifar10") -> Dataset:
    return open_data(f"{name}:{place}", (3, 32, 32), None)


@pytest.mark.parametrize(("name", "archive", "classes"), CASES)
def test_packed_and_unpacked_are_the_same(tmp_path: Path, name: str, archive: cifar.Archive, classes: int) -> None:
    files = cifar_files(archive)
    folder = unpacked(files, tmp_path / archive.folder)
    places = (folder, tmp_path, packed(files, tmp_path / "a.tar.gz"))
    assert len({opened(place, name).splits for place in places}) == 1
    data = opened(folder, name)
    assert data.classes == tuple(f"class{number}" for number in range(classes))
    assert len(data.validation) * 9 == len(data.train) == sum(archive.records[file] for file in archive.train) * 0.9
    assert data.test.names[:2] == (f"{Path(archive.test).stem}/0", f"{Path(archive.test).stem}/1")
    assert len(data.test) == archive.records[archive.test]
    for part in (data.train, data.validation, data.test):
        for index, written in enumerate(part.names):
            record = int(written.partition("/")[2])
            pixels, label = part[index]
            assert label == record % classes and pixels.unique().tolist() == [record % 256]


def test_red_comes_first_and_rows_lie_side_by_side(tmp_path: Path) -> None:
    files = cifar_files(CIFAR10)
    record = bytearray(cifar.PIXELS)
    record[2], record[1024 + 32], record[2048 + 33] = 1, 2, 3
    test = bytearray(files["test_batch.bin"])
    test[1 : 1 + cifar.PIXELS] = record
    pixels, _ = opened(unpacked({**files, "test_batch.bin": bytes(test)}, tmp_path / "c")).test[0]
    assert (pixels[0, 0, 2], pixels[1, 1, 0], pixels[2, 1, 1]) == (1, 2, 3)


def test_it_takes_the_size_and_colours_of_the_input(tmp_path: Path) -> None:
    place = unpacked(cifar_files(CIFAR10), tmp_path / "c")
    data = open_data(f"cifar10:{place}", (1, 16, 16), 10)
    assert data.test[7][0].shape == (1, 16, 16) and data.test[7][0].unique().tolist() == [7]


def test_the_published_archives_have_60000_images() -> None:
    for archive, record in zip(PUBLISHED, (3073, 3074), strict=True):
        assert sum(archive.records.values()) == 60_000 and archive.records[archive.test] == 10_000
        assert archive.record == record


def changed(name: str, data: bytes | None) -> dict[str, bytes]:
    files = {**cifar_files(CIFAR10), name: data or b""}
    return files if data is not None else {other: content for other, content in files.items() if other != name}


@pytest.mark.parametrize(
    ("files", "said"),
    [
        (changed("data_batch_3.bin", None), "'{}' has no 'data_batch_3.bin'."),
        (changed("batches.meta.txt", None), "'{}' has no 'batches.meta.txt'."),
        (changed("batches.meta.txt", b"cat\ndog\n"), "'batches.meta.txt' has 2 names, not those of 10 classes."),
        (changed("batches.meta.txt", b"cat\n" * 10), "'batches.meta.txt' has 10 names, not those of 10 classes."),
        (changed("test_batch.bin", bytes(20 * 3073 - 1)), "'test_batch.bin' is cut off or something else: "),
        (changed("test_batch.bin", bytes(20 * 3073 + 9)), "'test_batch.bin' is cut off or something else: "),
        (
            changed("data_batch_1.bin", b"\x0a" * 20 * 3073),
            "'data_batch_1/0' has the label 10; labels of 10 classes are",
        ),
    ],
)
def test_files_that_are_missing_or_wrong_are_told(tmp_path: Path, files: dict[str, bytes], said: str) -> None:
    for place in (unpacked(files, tmp_path / "c"), packed(files, tmp_path / "c.tar.gz")):
        assert str(refusal(lambda place=place: opened(place))).startswith(said.format(place))


def test_a_cut_archive_is_told(tmp_path: Path) -> None:
    data = packed(cifar_files(CIFAR10), tmp_path / "c.tar.gz").read_bytes()
    for length in (0, 5, 300, len(data) // 2, len(data) - 20):
        (tmp_path / "c.tar.gz").write_bytes(data[:length])
        said = str(refusal(lambda: opened(tmp_path / "c.tar.gz")))
        assert said == f"'{tmp_path}/c.tar.gz' is cut off, damaged, or no .tar.gz archive."
    (tmp_path / "c.tar.gz").write_bytes(data[:100] + b"?" * 50 + data[150:])
    assert f"'{tmp_path}/c.tar.gz' " in str(refusal(lambda: opened(tmp_path / "c.tar.gz")))


def test_an_archive_whose_checksum_is_wrong_is_told(tmp_path: Path) -> None:
    """Damage within the pixels: all that is read of it looks right."""
    path = packed(cifar_files(CIFAR10), tmp_path / "c.tar.gz")
    data = bytearray(path.read_bytes())
    data[-8] ^= 1  # of the checksum and the length, four bytes each
    path.write_bytes(data)
    assert str(refusal(lambda: opened(path))) == f"'{path}' is cut off, damaged, or no .tar.gz archive."


def test_another_version_is_told(tmp_path: Path) -> None:
    hundred = unpacked(cifar_files(CIFAR100), tmp_path / "hundred")
    assert refusal(lambda: opened(hundred)).help == f"this is CIFAR-100: cifar100:{hundred}"
    ten = packed(cifar_files(CIFAR10), tmp_path / "ten.tar.gz")
    assert refusal(lambda: opened(ten, "cifar100")).help == f"this is CIFAR-10: cifar10:{ten}"
    pickles = unpacked({"data_batch_1": b"\x80\x04"}, tmp_path / "pickles")
    assert "pickles can run code" in refusal(lambda: opened(pickles)).help
    assert cifar.URL in refusal(lambda: opened(tmp_path / "nothing")).help


def test_members_that_are_no_files_are_not_read(tmp_path: Path) -> None:
    path = tmp_path / "c.tar.gz"
    with tarfile.open(path, "w:gz") as archive:
        member = tarfile.TarInfo("data_batch_1.bin")
        member.type, member.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(member)
    assert "has no 'data_batch_1.bin'" in str(refusal(lambda: opened(path)))


def test_a_member_is_read_no_further_than_it_may_be_long(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    extract = tarfile.TarFile.extractfile

    def extractfile(archive: tarfile.TarFile, member: tarfile.TarInfo) -> object:
        file = extract(archive, member)
        read = file.read
        file.read = lambda size=-1: asked.append(size) or read(size)
        return file

    monkeypatch.setattr(tarfile.TarFile, "extractfile", extractfile)
    files = {**cifar_files(CIFAR10), "test_batch.bin": bytes(1 << 20)}
    refusal(lambda: opened(packed(files, tmp_path / "c.tar.gz")))
    assert max(asked) < 1 << 17 and min(asked) > 0
