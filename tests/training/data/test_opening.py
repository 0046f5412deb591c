from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import pytest
import torch
from torch.utils.data import DataLoader

from msdl.training.data import open_data, parts
from msdl.training.data.parts import Decoded, Stored
from msdl.training.data.sources import SOURCES, anchored
from tests.training.data.conftest import class_folders, refusal

SHAPE = (1, 8, 8)


@pytest.mark.parametrize(
    ("source", "said", "help"),
    [
        (
            "digit",
            "There is no source of data 'digit'; there are digits, imagefolder:PATH, cifar10:PATH,",
            "did you mean 'digits'?",
        ),
        ("imagefoldr:x", "There is no source of data 'imagefoldr'; there are", "did you mean 'imagefolder'?"),
        ("", "There is no source of data ''; there are", ""),
        ("imagefolder", "'imagefolder' doesn't say where the data is.", "imagefolder:PATH"),
        ("hf:", "'hf:' doesn't say where the data is.", "hf:NAME_OR_PATH"),
        ("digits:x", "'digits:x' says where the data is, but 'digits' comes along.", "say 'digits' alone"),
    ],
)
def test_sources_that_are_none_are_told(source: str, said: str, help: str) -> None:
    error = refusal(lambda: open_data(source, SHAPE, 10))
    assert str(error).startswith(said) and error.help == help


def test_a_folder_alone_is_told_how_to_say_it(tmp_path: Path) -> None:
    assert refusal(lambda: open_data(str(tmp_path), SHAPE, 10)).help == f"did you mean 'imagefolder:{tmp_path}'?"


@pytest.mark.parametrize("name", ["imagefolder", "cifar10", "hf"])
@pytest.mark.parametrize("place", ["~who-is-that/nothing", "x/" + "y" * 300, "/root/../nothing"])
def test_places_that_there_cannot_be_are_told(name: str, place: str) -> None:
    assert place in str(refusal(lambda: open_data(f"{name}:{place}", SHAPE, 10)))


def test_the_home_folder_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    class_folders(tmp_path / "set", {"a": 3, "b": 3})
    assert len(open_data("imagefolder:~/set", SHAPE, 2).train) == 2


@pytest.mark.parametrize(
    ("said", "message", "help"),
    [
        ({"classes": 100}, "The data has 10 classes, the network 100.", "--set classes=10"),
        ({"shape": (2, 8, 8)}, "The network reads images of 2 channels; images have 1, 3 or 4.", ""),
        ({"validation": 0.0}, "The validation part can't be 0 of the images: the share has to be between 0 and 1.", ""),
        ({"validation": 1.0}, "The validation part can't be 1 of the images: the share has to be between 0 and 1.", ""),
        (
            {"validation": float("nan")},
            "The validation part can't be nan of the images: the share has to be between 0 and 1.",
            "",
        ),
        ({"mean": [0.5] * 3, "std": [1]}, "The mean has 3 numbers, and the network's input 1 channels.", ""),
        ({"mean": [0.5], "std": [1, 1]}, "The std has 2 numbers, and the network's input 1 channels.", ""),
        ({"mean": [0.5], "std": [0]}, "A std has to be larger than 0.", ""),
    ],
)
def test_what_does_not_fit_the_network_is_told(said: dict[str, Any], message: str, help: str) -> None:
    error = refusal(lambda: open_data("digits", **{"shape": SHAPE, "classes": 10, **said}))
    assert (str(error), error.help) == (message, help)


def test_the_same_seed_gives_the_same_parts_and_another_others() -> None:
    one, same, other = (open_data("digits", SHAPE, 10, seed=seed) for seed in (5, 5, 6))
    assert one.splits == same.splits and one.preprocessing == same.preprocessing
    assert one.splits.test != other.splits.test and one.splits.digest == other.splits.digest
    assert len({*one.train.names, *one.validation.names, *one.test.names}) == 1797
    assert torch.equal(one.validation.pixels, same.validation.pixels)


def test_the_validation_share_is_of_what_is_not_for_testing() -> None:
    data = open_data("digits", SHAPE, 10, validation=0.1)
    assert (len(data.train), len(data.validation), len(data.test)) == (1260, 140, 397)


def test_what_finds_no_room_in_memory_is_resized_when_it_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    stored = open_data("digits", (3, 12, 12), 10)
    monkeypatch.setattr(parts, "MEMORY", 1000)
    decoded = open_data("digits", (3, 12, 12), 10)
    assert isinstance(stored.test, Stored) and isinstance(decoded.test, Decoded)
    assert stored.preprocessing == decoded.preprocessing
    assert torch.equal(stored.test[7][0], decoded.test[7][0]) and stored.test[7][1] == decoded.test[7][1]


def test_parts_go_to_workers(tmp_path: Path) -> None:
    folders = open_data(f"imagefolder:{class_folders(tmp_path, {'a': 5, 'b': 5})}", SHAPE, 2)
    for data in (folders, open_data("digits", SHAPE, 10)):
        copy = pickle.loads(pickle.dumps(data.validation))
        assert torch.equal(copy[0][0], data.validation[0][0])
    loaded = torch.cat([pixels for pixels, _ in DataLoader(folders.train, batch_size=2, num_workers=1)])
    assert torch.equal(loaded, torch.stack([folders.train[index][0] for index in range(len(folders.train))]))


def test_every_source_says_its_place() -> None:
    assert {name for name, source in SOURCES.items() if not source.place} == {"digits", "shapes"}


def test_a_run_finds_its_images_from_another_working_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "here").mkdir()
    assert anchored("imagefolder:here") == "imagefolder:here"
    monkeypatch.chdir(tmp_path)
    assert anchored("imagefolder:here") == f"imagefolder:{tmp_path / 'here'}"
    assert [anchored(source) for source in ("digits", "hf:some/name")] == ["digits", "hf:some/name"]
