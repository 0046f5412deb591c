"""When an image stops, and the file that says so."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import torch

from msdl.runtime.errors import InputError
from msdl.runtime.policy import Policy

EXITS = ("exit1", "exit2", "exit3")
POLICY = Policy(EXITS, (0.75, None), "margin", (1.0, 2.0, 0.5), {"budget": 3e7, "asked": "30M"})


def test_an_image_stops_at_the_first_exit_that_is_sure_enough() -> None:
    policy = Policy(EXITS, (0.75, 0.75))
    sure, unsure = [9.0, 0.0], [0.0, 0.0]
    threshold = torch.tensor(3.0).log().item()
    logits = torch.tensor([[sure, unsure, unsure, [threshold, 0]], [unsure, sure, unsure, sure], [unsure] * 4])
    at_threshold = policy.confidences(logits[0], 0)[3].item()
    policy = Policy(EXITS, (at_threshold, 0.75))
    assert policy.exits_of(logits).tolist() == [0, 1, 2, 0]


@pytest.mark.parametrize(
    ("thresholds", "exit"), [((None, 0.0), 1), ((None, None), 2), ((2.0, 2.0), 2), ((0.0, None), 0), ((2.0, 0.0), 1)]
)
def test_closed_and_open_exits(thresholds: tuple[float | None, ...], exit: int) -> None:
    assert Policy(EXITS, thresholds).exits_of(torch.randn(3, 4, 2)).tolist() == [exit] * 4


def test_what_is_not_a_number_goes_on_to_the_last_exit() -> None:
    assert Policy(EXITS, (0.0, 0.0)).exits_of(torch.full((3, 1, 2), torch.nan)).tolist() == [2]


def test_no_image_stops_before_the_last() -> None:
    assert Policy.to_the_last(EXITS) == Policy(EXITS, (None, None))
    assert Policy.to_the_last(("only",)).exits_of(torch.zeros(1, 2, 3)).tolist() == [0, 0]


def test_temperatures_divide_the_logits() -> None:
    logits = torch.tensor([[4.0, 0.0]])
    for exit, temperature in enumerate(POLICY.temperatures):
        plain = Policy(EXITS, (None, None), "margin").confidences(logits / temperature, exit)
        assert torch.equal(POLICY.confidences(logits, exit), plain)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (((), ()), "has exits"),
        ((("a", "a"), (0.5,)), "name of its own"),
        ((EXITS, (0.5,)), "3 exits need 2 thresholds, not 1"),
        ((EXITS, (0.5, float("nan"))), "finite"),
        ((EXITS, (float("inf"), 0.5)), "finite"),
        ((EXITS, (0.5, 0.5), "hunch"), "'hunch' is none of max-softmax, margin, entropy"),
        ((EXITS, (0.5, 0.5), "margin", (1.0,)), "3 exits need 3 temperatures, not 1"),
        ((EXITS, (0.5, 0.5), "margin", (1.0, 0.0, 1.0)), "positive"),
        ((EXITS, (0.5, 0.5), "margin", (1.0, float("nan"), 1.0)), "positive"),
    ],
)
def test_policies_that_make_no_sense(arguments: tuple[Any, ...], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        Policy(*arguments)


def test_a_file_gives_the_policy_back(tmp_path: Path) -> None:
    (tmp_path / "policy.json").write_text(POLICY.as_json())
    assert Policy.read(tmp_path / "policy.json") == POLICY


DATA = json.loads(POLICY.as_json())
WRONG = {
    "format_version": (2, "1", None, True, 1.0),
    "exits": ("exit1", 3, [1, 2, 3], [["exit1"], "exit2", "exit3"], [], ["exit1", "exit1", "exit3"], None),
    "thresholds": ("0.5", 0.5, ["0.5", None], [0.5], [True, None], [1e999, 0], [10**400, 0], {"exit1": 0.5}, None),
    "confidence": (3, None, ["margin"], "hunch"),
    "temperatures": (1, "1", [1, 2], [1, 2, None], [0, 1, 1], [-1, 1, 1], [1e999, 1, 1], {"a": 1}, None),
    "about": ("half", 3, [], None),
}


@pytest.mark.parametrize(("field", "value"), [(field, value) for field, values in WRONG.items() for value in values])
def test_fields_of_the_wrong_kind(field: str, value: object, tmp_path: Path) -> None:
    path = tmp_path / "policy.json"
    path.write_text(json.dumps(DATA | {field: value}))
    with pytest.raises(InputError, match=r"policy\.json' "):
        Policy.read(path)


@pytest.mark.parametrize("field", DATA)
def test_fields_that_are_missing(field: str, tmp_path: Path) -> None:
    path = tmp_path / "policy.json"
    path.write_text(json.dumps({name: value for name, value in DATA.items() if name != field}))
    with pytest.raises(InputError, match=f"has no '{field}'"):
        Policy.read(path)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is not JSON"),
        (POLICY.as_json()[:-20].encode(), "is not JSON"),
        (b"\xff\xfe\x00", "is not JSON"),
        (b"[" * 100_000, "is not JSON"),
        (b"[]", "it is not an object"),
        (b"3", "it is not an object"),
    ],
)
def test_files_that_are_no_policy(content: bytes, words: str, tmp_path: Path) -> None:
    path = tmp_path / "policy.json"
    path.write_bytes(content)
    with pytest.raises(InputError, match=words):
        Policy.read(path)


def test_files_that_are_not_there(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for path in (tmp_path / "nosuch.json", tmp_path / "file" / "policy.json"):
        with pytest.raises(InputError, match="There is no policy"):
            Policy.read(path)
    with pytest.raises(InputError, match="can't be read: Is a directory"):
        Policy.read(tmp_path)


@pytest.mark.parametrize("exits", [EXITS, (*EXITS, "exit4")])
def test_a_policy_for_the_first_exits(exits: tuple[str, ...]) -> None:
    POLICY.insist_on(exits)


@pytest.mark.parametrize("exits", [("exit1", "aux"), EXITS[:2], EXITS[::-1], ("exit0", *EXITS)])
def test_a_policy_for_other_exits(exits: tuple[str, ...]) -> None:
    words = f"The policy is for exits exit1, exit2, exit3; the network has {', '.join(exits)}"
    with pytest.raises(InputError, match=words):
        POLICY.insist_on(exits)
    with pytest.raises(InputError, match=r"'policy\.json' is for exits exit1"):
        POLICY.insist_on(exits, "'policy.json'")
