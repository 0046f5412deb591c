"""Run folders, and what has become of them: `msdl.load` gives the network or says what is wrong."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from PIL import Image
from safetensors.torch import load_file, save_file

import msdl
from msdl.runtime.errors import InputError
from msdl.runtime.run import MODULE, RECORD, WEIGHTS, Run
from tests.runtime.folders import run_folder, small


@pytest.fixture
def run(tmp_path: Path) -> Run:
    return run_folder(tmp_path / "run")


def test_the_network_comes_back(run: Run) -> None:
    model = msdl.load(run.folder)
    twin = small(run.folder)
    images = torch.randn(2, 3, 8, 8)
    assert not model.training
    torch.testing.assert_close(model(images), twin(images))
    assert all(torch.equal(value, twin.state_dict()[key]) for key, value in model.state_dict().items())
    assert model.class_names == ("cat", "dog", "ship")
    assert model.preprocessing == run.preprocessing
    assert model(model.preprocessing(Image.new("RGB", (20, 10))))[0].shape == (1, 3)


def test_the_record_comes_back(run: Run) -> None:
    assert Run.read(run.folder) == run
    assert run.macs == (1000, 2000, 3000)
    assert (run.name, run.trained) == ("run", True)


def rejected(run: Run, words: str, action: Callable[[Path], object] = msdl.load) -> None:
    with pytest.raises(InputError, match=words):
        action(run.folder)


RECORD_FIELDS: dict[str, tuple[object, ...]] = {
    "format_version": (2, "1", None, True),
    "network": (3, None, ["small"]),
    "digest": (3, None),
    "settings": ([], None, "depth=3", {"depth": [3]}, {"depth": True}, {"depth": 1e999}),
    "exits": (
        [], {}, None, "exit1", [3], ["exit1"], [{"name": "exit1"}],
        [{"name": 1, "macs": 1, "parameters": 1}],
        [{"name": "exit1", "macs": "1", "parameters": 1}],
        [{"name": "exit1", "macs": 1e999, "parameters": 1}],
        [{"name": "exit1", "macs": 10**30, "parameters": 1}],
        [{"name": "exit1", "macs": -1, "parameters": 1}],
        [{"name": "exit1", "macs": 1, "parameters": 1.5}],
        [{"name": "exit1", "macs": 1, "parameters": 1}] * 3,
    ),
    "classes": ("abc", None, [1, 2, 3], {"cat": 0}),
    "preprocessing": (None, [], "none", {}),
    "data": (None, [], "digits"),
    "options": (None, [], "none"),
    "versions": (None, [], "1", {"torch": 2}),
}  # fmt: skip

PREPROCESSING_FIELDS: dict[str, tuple[object, ...]] = {
    "channels": ("3", 3.0, None, -3, 1, True),
    "height": (0, -8, "8", None, 1e999),
    "width": (0, 10**400, [8]),
    "shorter_side": ("8", 0, 4, 1.5, [8], False),
    "mean": (0.5, "555", [0.5], [0.5, 0.5, "0.5"], [0.5, 0.5, 1e999], None, {"r": 1}),
    "std": (0.5, "555", [0.5, 0.5, 0], [0.5, 0.5, -1], [0.5, 0.5, 1e999], None),
}


@pytest.mark.parametrize(("field", "value"), [(name, value) for name, all in RECORD_FIELDS.items() for value in all])
def test_fields_of_the_wrong_kind(field: str, value: object, run: Run) -> None:
    path = run.folder / RECORD
    path.write_text(json.dumps(json.loads(path.read_text()) | {field: value}))
    rejected(run, r"run\.json' ", Run.read)


@pytest.mark.parametrize(
    ("field", "value"), [(name, value) for name, all in PREPROCESSING_FIELDS.items() for value in all]
)
def test_preprocessing_of_the_wrong_kind(field: str, value: object, run: Run) -> None:
    path = run.folder / RECORD
    data = json.loads(path.read_text())
    data["preprocessing"][field] = value
    path.write_text(json.dumps(data))
    rejected(run, r"run\.json' ", Run.read)


def test_fields_that_are_missing(run: Run) -> None:
    path = run.folder / RECORD
    data: dict[str, Any] = json.loads(path.read_text())
    for missing in data:
        path.write_text(json.dumps({name: value for name, value in data.items() if name != missing}))
        rejected(run, f"has no '{missing}'", Run.read)


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe", b"null", b"[]", b"[" * 100_000, b'{"format_version": 1}'])
def test_records_cut_short(content: bytes, run: Run) -> None:
    (run.folder / RECORD).write_bytes(content)
    rejected(run, r"run\.json' ", Run.read)
    rejected(run, r"run\.json' ")


def test_what_is_no_run_folder(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for folder in (tmp_path, tmp_path / "nosuch", tmp_path / "file"):
        with pytest.raises(InputError, match=r"is not a run folder: it has no run\.json") as raised:
            msdl.load(folder)
        assert raised.value.help == "`msdl train SPEC -o RUN` makes one"
    (tmp_path / RECORD).mkdir()
    with pytest.raises(InputError, match="can't be read: Is a directory"):
        msdl.load(tmp_path)


@pytest.mark.parametrize(
    ("source", "words"),
    [
        (b"class Network(", "can't be run: SyntaxError"),
        (b"", "can't be run: AttributeError"),
        (b"raise KeyError('x')", "can't be run: KeyError"),
        (b"\xff\xfe", "can't be run: UnicodeDecodeError"),
        (b"def Network(): return 3", "is not a module that msdl wrote"),
        (b"import torch\nNetwork = torch.nn.Identity", "is not a module that msdl wrote"),
    ],
)
def test_modules_that_were_edited(source: bytes, words: str, run: Run) -> None:
    (run.folder / MODULE).write_bytes(source)
    rejected(run, rf"network\.py' {words}")


@pytest.mark.parametrize(("name", "words"), [(MODULE, "can't be read: No such file"), (WEIGHTS, "has no weights")])
def test_files_that_are_missing(name: str, words: str, run: Run) -> None:
    (run.folder / name).unlink()
    rejected(run, words)


def cut_short(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-100])


def of_another_network(path: Path) -> None:
    save_file(small(path.parent, classes=2).state_dict(), path)


def short_of_a_weight(path: Path) -> None:
    tensors = load_file(path)
    del tensors["stem.0.weight"]
    save_file(tensors, path)


def with_a_weight_too_many(path: Path) -> None:
    save_file(load_file(path) | {"stem.9.weight": torch.zeros(1)}, path)


def with_nan(path: Path) -> None:
    tensors = load_file(path)
    tensors["stem.0.weight"][0] = torch.nan
    save_file(tensors, path)


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (cut_short, "is not a file of weights"),
        (lambda path: path.write_bytes(b""), "is not a file of weights"),
        (lambda path: path.write_bytes(b"\xff" * 64), "is not a file of weights"),
        (
            of_another_network,
            "'exits.layer2.1.weight' is 2 x 24, in the network 3 x 24; 'exits.layer2.1.bias' is 2, in the network 3",
        ),
        (short_of_a_weight, "'stem.0.weight' is missing, in the network 4 x 3 x 3 x 3"),
        (with_a_weight_too_many, "'stem.9.weight' is 1, in the network missing"),
        (with_nan, r"not a finite number, in 'stem\.0\.weight'"),
    ],
)
def test_weights_that_do_not_fit(spoil: Callable[[Path], object], words: str, run: Run) -> None:
    spoil(run.folder / WEIGHTS)
    rejected(run, rf"weights\.safetensors' .*{words}")


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("classes", ["cat", "dog"], "classes 2, and there 3"),
        ("exits", [{"name": "exit1", "macs": 1, "parameters": 1}], "exits"),
    ],
)
def test_a_record_of_another_network(field: str, value: object, words: str, run: Run) -> None:
    path = run.folder / RECORD
    path.write_text(json.dumps(json.loads(path.read_text()) | {field: value}))
    rejected(run, rf"run\.json' doesn't fit network\.py: {words}")


def test_preprocessing_of_another_network(run: Run) -> None:
    path = run.folder / RECORD
    data = json.loads(path.read_text())
    data["preprocessing"]["height"] = 16
    path.write_text(json.dumps(data))
    rejected(run, r"doesn't fit network\.py: input \(3, 16, 8\), and there \(3, 8, 8\)")
