"""`msdl cost`."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from msdl.quantities import amount, memory

GOLDEN = Path(__file__).parent.parent / "golden" / "cost"


@pytest.mark.parametrize("format", ["human", "json", "csv", "markdown", "latex"])
def test_formats(format: str, msdl, golden: Callable[[str, Path], None]) -> None:
    result = msdl("cost", "tiny.msd", "--format", format)
    assert (result.code, result.err) == (0, "")
    golden(result.out, GOLDEN / f"tiny.{format}.txt")


def test_the_contract_of_json(msdl) -> None:
    data = json.loads(msdl("cost", "msdnet_cifar_anytime", "--format", "json").out)
    assert list(data) == ["format_version", "network", "input", "parameters", "exits"]
    assert (data["network"], data["input"], data["parameters"]) == ("msdnet_cifar_anytime", [3, 32, 32], 5_597_760)
    first = data["exits"][0]
    assert (first["name"], first["layer"], first["scale"], first["channels"]) == ("exit1", 4, 3, 160)
    assert first["macs"] == {"grid": 14_967_296, "lazy": 13_256_192, "direct": 13_256_192}
    assert {"parameters", "activations", "state_bytes", "receptive_field"} <= first.keys()


def test_csv_says_what_json_says(msdl) -> None:
    rows = list(csv.DictReader(io.StringIO(msdl("cost", "tiny.msd", "--format", "csv").out)))
    exits = json.loads(msdl("cost", "tiny.msd", "--format", "json").out)["exits"]
    assert [int(row["macs_lazy"]) for row in rows] == [exit["macs"]["lazy"] for exit in exits]
    assert [row["exit"] for row in rows] == [exit["name"] for exit in exits]


def test_exact(msdl) -> None:
    assert "5,597,760" in msdl("cost", "msdnet_cifar_anytime", "--exact").out
    assert "5.60M" in msdl("cost", "msdnet_cifar_anytime").out


def test_the_convention_is_printed(msdl) -> None:
    out = msdl("cost", "tiny.msd").out
    for word in ("multiply-adds", "batch 1", "grid", "lazy", "direct"):
        assert word in out


def test_columns_are_aligned(msdl) -> None:
    rows = [line for line in msdl("cost", "msdnet_cifar_anytime").out.splitlines() if re.match(r"exit\d", line)]
    assert len(rows) == 11
    assert len({len(row) for row in rows}) == 1


def test_an_invalid_spec(msdl) -> None:
    result = msdl("cost", "tiny.msd", "--set", "depth=1")
    assert result.code == 1
    assert result.out == ""
    assert "error[MSD" in result.err


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0, "0"),
        (999, "999"),
        (1_000, "1.0K"),
        (5_597_760, "5.60M"),
        (134_100_000, "134.10M"),
        (1_355_606_016, "1.356G"),
    ],
)
def test_amount(number: int, text: str) -> None:
    assert amount(number) == text


@pytest.mark.parametrize(("number", "text"), [(0, "0"), (512, "512 B"), (49_664, "48.5 KiB"), (1_258_291, "1.2 MiB")])
def test_memory(number: int, text: str) -> None:
    assert memory(number) == text


def test_exact_quantities() -> None:
    assert (amount(5_597_760, exact=True), memory(49_664, exact=True)) == ("5,597,760", "49,664 B")
