"""What a SPEC names."""

from __future__ import annotations

from pathlib import Path

import pytest

from msdl import library
from msdl.diagnostics import Mistake
from msdl.language.load import load, readings


@pytest.mark.parametrize(
    ("spec", "meant"),
    [
        ("net.msd", {"net.msd": None}),
        ("net.msd:small", {"net.msd:small": None, "net.msd": "small"}),
        ("a:b:c", {"a:b:c": None, "a:b": "c"}),
        ("-:small", {"-:small": None, "-": "small"}),
        ("net.msd:", {"net.msd:": None, "net.msd": ""}),
        (":small", {":small": None}),
        ("", {"": None}),
    ],
)
def test_readings(spec: str, meant: dict[str, str | None]) -> None:
    assert [*readings(spec).items()] == [*meant.items()]


@pytest.mark.parametrize(
    ("files", "folders", "spec", "found", "network"),
    [
        (["a"], [], "a", "a", None),
        (["a"], [], "a:b", "a", "b"),
        (["a", "a:b"], [], "a:b", "a:b", None),
        (["a"], ["a:b"], "a:b", "a", "b"),
        (["resnet18"], [], "resnet18", "resnet18", None),
        ([], ["resnet18"], "resnet18", library.SPECS / "resnet18.msd", None),
        ([], ["resnet18"], "resnet18:b", library.SPECS / "resnet18.msd", "b"),
    ],
)
def test_files_come_before_the_library_and_folders_last(
    files: list[str],
    folders: list[str],
    spec: str,
    found: str | Path,
    network: str | None,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in files:
        Path(name).write_text("let x = 1\n")
    for name in folders:
        Path(name).mkdir()
    source, folder, chosen = load(spec)
    assert (source.name, folder, chosen) == (str(found), Path(found).parent, network)


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ("", "The name of a spec is empty."),
        (".", "'.' is a folder; a spec is a file."),
        ("resnet19:b", "There is no file and no library network 'resnet19'."),
        (":b", "There is no file and no library network ':b'."),
        ("nul\0l", "There is no file and no library network 'nul\0l'."),
    ],
)
def test_what_names_nothing(spec: str, message: str) -> None:
    with pytest.raises(Mistake) as caught:
        load(spec)
    assert caught.value.diagnostic.message == message
