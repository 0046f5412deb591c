from __future__ import annotations

import pickle
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import datasets
import pyarrow.parquet
import pytest

from msdl.training.data import open_data
from msdl.training.data.dataset import Dataset
from msdl.training.data.sources import hub
from tests.training.data.conftest import class_folders, png, refusal

IMAGE, CLASSES = datasets.Image(), datasets.ClassLabel(names=["cat", "dog"])


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", tmp_path / "cache")


def table(count: int = 10, first: int = 0, **columns: Any) -> datasets.Dataset:
    """Images of grey 0, 1, 2 .. with labels 0, 1, 0, ..; further columns are (feature, values)."""
    values: dict[str, Sequence[Any]] = {
        "image": [{"bytes": png(first + number), "path": None} for number in range(count)],
        "label": [number % 2 for number in range(count)],
    }
    features = {"image": IMAGE, "label": CLASSES}
    for name, (feature, column) in columns.items():
        values[name], features[name] = column, feature
    features = {name: feature for name, feature in features.items() if feature is not None}
    return datasets.Dataset.from_dict({name: values[name] for name in features}, datasets.Features(features))


def parquet(table: datasets.Dataset, path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    table.to_parquet(path)
    return path


def saved(tables: Mapping[str, datasets.Dataset], path: Path) -> Path:
    datasets.DatasetDict(tables).save_to_disk(path)
    return path


def opened(place: object) -> Dataset:
    return open_data(f"hf:{place}", (3, 8, 8), None)


def greys(data: Dataset) -> list[int]:
    """In the order of the rows."""
    parts = (data.train, data.validation, data.test)
    found = {name: part[index][0] for part in parts for index, name in enumerate(part.names)}
    return [int(found[name].unique()) for name in sorted(found, key=lambda name: int(name.partition("/")[2]))]


def test_a_parquet_file(tmp_path: Path) -> None:
    data = opened(parquet(table(), tmp_path / "a.parquet"))
    assert data.classes == ("cat", "dog")
    assert (len(data.train), len(data.validation), len(data.test)) == (6, 2, 2)
    assert greys(data) == list(range(10))
    assert data.train.labels.tolist() == [int(name.partition("/")[2]) % 2 for name in data.train.names]


def test_a_parquet_file_that_does_not_say_what_its_columns_are(tmp_path: Path) -> None:
    path = parquet(table(), tmp_path / "a.parquet")
    pyarrow.parquet.write_table(pyarrow.parquet.read_table(path).replace_schema_metadata(None), path)
    data = opened(path)
    assert data.classes == ("0", "1") and greys(data) == list(range(10))


def test_a_folder_of_parquet_files_with_parts(tmp_path: Path) -> None:
    for part, count in (("train", 8), ("validation", 4), ("test", 6)):
        parquet(table(count), tmp_path / "set" / "data" / f"{part}-00000-of-00001.parquet")
    data = opened(tmp_path / "set")
    assert (len(data.train), len(data.validation), len(data.test)) == (8, 4, 6)
    assert data.test.names[0] == "test/0"


def test_a_folder_of_images(tmp_path: Path) -> None:
    class_folders(tmp_path / "set", {"train/a": 4, "train/b": 4, "test/a": 2, "test/b": 2})
    data = opened(tmp_path / "set")
    assert data.classes == ("a", "b")
    assert (len(data.train), len(data.validation), len(data.test)) == (6, 2, 4)
    assert sorted(int(data.test[index][0].unique()) for index in range(4)) == [9, 10, 11, 12]


def test_a_saved_table_and_saved_parts(tmp_path: Path) -> None:
    table().save_to_disk(tmp_path / "one")
    assert greys(opened(tmp_path / "one")) == list(range(10))
    data = opened(saved({"train": table(6), "dev": table(4), "test": table(2), "extra": table(2)}, tmp_path / "parts"))
    assert (len(data.train), len(data.validation), len(data.test)) == (6, 4, 2)


def test_a_test_part_without_labels_is_left_out(tmp_path: Path) -> None:
    secret = table(4, label=(CLASSES, [-1] * 4))
    data = opened(saved({"train": table(8), "validation": table(4, 100), "test": secret}, tmp_path / "a"))
    assert (len(data.train), len(data.validation), len(data.test)) == (6, 2, 4)
    assert int(data.test[0][0].unique()) == 100


def test_the_columns_are_found_by_what_they_hold(tmp_path: Path) -> None:
    hundred = datasets.ClassLabel(names=["x", "y", "z"])
    words = (datasets.Value("string"), ["b", "a"] * 5)
    for number, (columns, classes) in enumerate(
        [
            (
                {"label": (None, []), "fine_label": (CLASSES, [0, 1] * 5), "coarse_label": (hundred, [0] * 10)},
                "cat dog",
            ),
            (
                {"label": (None, []), "kind": (CLASSES, [0, 1] * 5), "id": (datasets.Value("int64"), range(10))},
                "cat dog",
            ),
            ({"label": words}, "a b"),
            ({"label": (datasets.Value("int64"), [0, 2] * 5)}, "0 1 2"),
            ({"thumb": (IMAGE, [{"bytes": png(200), "path": None}] * 10)}, "cat dog"),
        ]
    ):
        data = opened(parquet(table(**columns), tmp_path / f"{number}.parquet"))
        assert data.classes == tuple(classes.split())
        assert greys(data) == list(range(10))


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ({"image": (None, [])}, "'{}' has no column of images."),
        ({"label": (None, [])}, "'{}' has no column of labels."),
        (
            {"label": (None, []), "a": (CLASSES, [0] * 10), "b": (CLASSES, [0] * 10)},
            "'{}' has several columns of labels: a, b.",
        ),
        ({"label": (CLASSES, [0] * 9 + [-1])}, "'train/9' has the label -1; labels of 2 classes are from 0 to 1."),
        (
            {"label": (datasets.Value("int64"), [-1] * 10)},
            "'{}' has no labels but negative ones; classes are counted from 0.",
        ),
        (
            {"label": (datasets.Value("int64"), [0, 1, 7, 80] + [1] * 6)},
            "'{}' has labels up to 80 for 10 images: they ",
        ),
        ({"label": (datasets.Value("string"), ["a", None] * 5)}, "'{}' has images without a label."),
        ({"label": (CLASSES, [0] * 10)}, "All images that there are to train on are of one class; at least two "),
    ],
)
def test_columns_that_cannot_be_used_are_told(tmp_path: Path, columns: dict[str, Any], said: str) -> None:
    path = parquet(table(**columns), tmp_path / "a.parquet")
    assert str(refusal(lambda: opened(path))).startswith(said.format(path))


def test_a_part_to_train_on_is_needed(tmp_path: Path) -> None:
    place = saved({"test": table(), "extra": table()}, tmp_path / "a")
    assert str(refusal(lambda: opened(place))) == f"'{place}' has no part to train on, but test, extra."


def test_parts_that_do_not_fit_together_are_told(tmp_path: Path) -> None:
    other = table(4).rename_column("image", "img")
    place = saved({"train": table(), "test": other}, tmp_path / "a")
    assert "don't fit together" in str(refusal(lambda: opened(place)))


def test_a_picture_that_does_not_decode_is_named(tmp_path: Path) -> None:
    gone = tmp_path / "gone.png"
    gone.touch()
    places = [tmp_path / str(number) for number in range(3)]
    for place, value in zip(places, ({"bytes": b"none"}, None, {"path": str(gone)}), strict=True):
        table(image=(datasets.Image(decode=False), [value] * 10)).save_to_disk(place)
    gone.unlink()
    for place, said in zip(places, ("it is none of JPEG", "its row is empty", "No such file"), strict=True):
        error = str(refusal(lambda place=place: opened(place)))
        assert error.startswith("'train/") and said in error


def test_wrong_places_are_told(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "a.csv").touch()
    (tmp_path / "a.parquet").write_bytes(b"PAR1 none")
    for place, said in {
        tmp_path / "nothing": f"There is no file or folder '{tmp_path}/nothing'.",
        "../nothing": "There is no file or folder '../nothing'.",
        tmp_path / "a.csv": f"'{tmp_path}/a.csv' is not a parquet file.",
        tmp_path / "a.parquet": f"'{tmp_path}/a.parquet' can't be loaded: Parquet magic bytes",
        tmp_path / "empty": f"'{tmp_path}/empty' can't be loaded: ",
    }.items():
        assert str(refusal(lambda place=place: opened(place))).startswith(said)


def test_a_name_of_the_hub_is_asked_for_once_where_the_hub_is_out_of_reach(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub, "_in_reach", lambda: False)
    error = refusal(lambda: opened("someone/something"))
    assert str(error) == (
        "There is no file or folder 'someone/something' here, and the Hugging Face hub is out of reach."
    )
    assert not datasets.config.HF_HUB_OFFLINE


def test_reach_is_asked_with_patience_of_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    import huggingface_hub

    class Session:
        def head(self, url: str, *, timeout: float) -> None:
            assert url.startswith("http") and timeout <= 10
            raise ConnectionError("no route")

    monkeypatch.setattr(huggingface_hub, "get_session", Session)
    assert not hub._in_reach()
    monkeypatch.setattr(Session, "head", lambda *_, **__: None)
    assert hub._in_reach()


def test_what_the_hub_has_is_loaded_by_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    monkeypatch.setattr(hub, "_in_reach", lambda: True)
    monkeypatch.setattr(datasets, "load_dataset", lambda name: asked.append(name) or {"train": table()})
    assert opened("someone/something").source == "hf:someone/something" and asked == ["someone/something"]

    def missing(name: str) -> None:
        raise datasets.exceptions.DatasetNotFoundError(f"Dataset '{name}' doesn't exist on the Hub.\nAnd more.")

    monkeypatch.setattr(datasets, "load_dataset", missing)
    said = "'someone/something' can't be loaded: Dataset 'someone/something' doesn't exist on the Hub."
    assert str(refusal(lambda: opened("someone/something"))) == said


def test_its_images_go_to_workers(tmp_path: Path) -> None:
    part = opened(parquet(table(), tmp_path / "a.parquet")).train
    copy = pickle.loads(pickle.dumps(part))
    assert int(copy[1][0].unique()) == int(part[1][0].unique())


def test_nothing_is_said_while_loading(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    path = parquet(table(), tmp_path / "a.parquet")
    capfd.readouterr()
    opened(path)
    assert capfd.readouterr() == ("", "")
    assert datasets.is_progress_bar_enabled()
