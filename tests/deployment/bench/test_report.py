from __future__ import annotations

import re
from dataclasses import replace

import pytest

from msdl.deployment.bench.report import page
from msdl.deployment.bench.results import Benchmark
from tests.deployment.bench.results import benchmark, engine

ONE = benchmark(engine("onnx", 1.0))
TWO = benchmark(engine("onnx", 1.0), engine("torch", 5.0), notes=("Something <is> left out.",))


def rows(text: str, table: str) -> list[list[str]]:
    """The cells of a table, by what it is called."""
    found = re.search(rf'aria-label="{table}">.*?<tbody>(.*?)</tbody>', text, re.DOTALL)
    assert found is not None
    lines = re.findall(r"<tr>(.*?)</tr>", found[1], re.DOTALL)
    return [re.findall(r">([^<]+)</t[hd]>", line) for line in lines]


@pytest.mark.parametrize("found", [ONE, TWO], ids=["one", "two"])
def test_it_is_one_file_that_loads_nothing(found: Benchmark) -> None:
    text = page(found)
    assert text.startswith("<!doctype html>") and "<script" not in text
    assert not re.findall(r'(?:src|href)="(?!data:|#)[^"]*"', text)
    assert text.count("<figure>") == 2 * 2 + 1
    ids = re.findall(r'id="([^"]+)"', text)
    assert len(ids) == len({*ids})


def test_tables_say_what_was_measured() -> None:
    text = page(TWO)
    exits, mixes = rows(text, "Exits in batches of 64"), rows(text, "Mixes")
    assert exits[0] == ["exit1", "1.00M", "64.0", "122", "1,000", "1.00", "320", "608", "200", "1.00"]
    assert exits[2] == ["exit3", "4.00M", "256", "486", "250", "1.00", "1,280", "2,432", "50", "1.00"]
    times = ["1.95", "512", "1.00", "9.77", "102", "1.00"]
    assert mixes[2] == ["own", "the policy", "2.00M", *times, "40 %", "40 %", "20 %"]
    assert [row[1] for row in mixes] == ["chance", "chance", "the policy"]


def test_what_others_wrote_stays_text() -> None:
    text = page(TWO)
    assert "Something &lt;is&gt; left out." in text and "<digits>" not in text


def test_without_mixes_there_are_no_bars() -> None:
    text = page(benchmark(replace(engine("onnx", 1.0), mixes=())))
    assert text.count("<figure>") == 4 and "Mixes of exits" not in text
