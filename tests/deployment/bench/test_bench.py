"""Whole benchmarks of tiny networks: what is measured on what, and what is left out."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from msdl.deployment.bench import Plan, bench
from msdl.deployment.bench.images import RANDOM
from msdl.deployment.bench.plan import sized
from msdl.deployment.export import export
from msdl.runtime.errors import InputError
from msdl.runtime.policy import Policy
from msdl.runtime.run import POLICY, Run
from tests.deployment.networks import MAPS, maps
from tests.runtime.folders import SPEC
from tests.training.runs import made

PLAN = Plan(("torch",), batches=(1, 4), images=24, runs=2)
FORCED = ["all-last", "all-first", ".5/.2/.2/.1", ".1/.1/.2/.3/.3"]
GONE = "the images it was trained with have gone"


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A trained run with a policy."""
    folder = made(tmp_path_factory.mktemp("bench") / "run")
    names = tuple(exit.name for exit in Run.read(folder).exits)
    (folder / POLICY).write_text(Policy(names, (0.5, 0.5)).as_json())
    return str(folder)


@pytest.fixture
def spec(tmp_path: Path) -> str:
    (tmp_path / "small.msd").write_text(SPEC)
    return str(tmp_path / "small.msd")


def test_a_spec_runs_on_noise_with_mixes_that_are_forced(spec: str) -> None:
    found = bench(spec, PLAN)
    (torch_,) = found.engines
    assert (found.kind, found.network, found.images, found.notes) == ("spec", "small", RANDOM, ())
    assert [(exit.name, exit.batch) for exit in torch_.exits] == [
        (f"exit{k}", size) for size in (1, 4) for k in (1, 2, 3)
    ]
    for exits in (torch_.at(1), torch_.at(4)):
        assert 0 < exits[0].p50 < exits[1].p50 < exits[2].p50 and exits[-1].eta == 1
        assert [len(exit.seconds) for exit in exits] == [2, 2, 2]
    assert [mix.mix for mix in torch_.mixes] == FORCED
    assert {(mix.batch, mix.images, mix.forced) for mix in torch_.mixes} == {(4, 24, True)}
    assert [mix.shares for mix in torch_.mixes][:2] == [(0, 0, 1), (1, 0, 0)] and torch_.mixes[0].eta == 1


def test_a_run_has_a_mix_of_its_own_on_its_test_images(run: str) -> None:
    found = bench(run, PLAN)
    *forced, own = found.engines[0].mixes
    assert (found.kind, found.images, found.notes) == ("run", "test images of 'digits'", ())
    assert [mix.mix for mix in forced] == FORCED and (own.mix, own.forced) == ("own", False)
    assert sum(own.shares) == pytest.approx(1) and own.macs == pytest.approx(
        sum(share * exit.macs for share, exit in zip(own.shares, found.engines[0].at(1), strict=True))
    )


def test_a_run_whose_images_have_gone_does_without_its_own_mix(run: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(*_: object) -> None:
        raise InputError(f"Alas, {GONE}.")

    monkeypatch.setattr("msdl.training.data.reopened", gone)
    found = bench(run, PLAN)
    assert found.images == RANDOM and [mix.mix for mix in found.engines[0].mixes] == FORCED
    assert found.notes == (f"Its own mix is left out: its test images can't be had: Alas, {GONE}.",)
    with pytest.raises(InputError, match=GONE):
        bench(run, replace(PLAN, data="digits"))
    with pytest.raises(InputError, match="has no mix of its own: its test images can't be had"):
        bench(run, replace(PLAN, mixes=("own",)))


def test_only_what_was_asked_for_is_measured(run: str) -> None:
    said: list[str] = []
    found = bench(run, replace(PLAN, batches=(2,), mixes=("own", ".5/.5")), said=said.append)
    assert [mix.mix for mix in found.engines[0].mixes] == ["all-last", ".5/.5", "own"]
    assert found.engines[0].batches == (2,) and said == ["exits in batches of 2", "mixes of exits"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"mixes": ("own",)}, "has no mix of its own: it was never trained"),
        ({"mixes": (".25/.25/.25/.25",)}, "The mix '.25/.25/.25/.25' has 4 shares, and the network 3 exits"),
        ({"data": "digits"}, "was never trained: there are no images for it"),
        ({"engines": ("abacus",)}, "There is no engine 'abacus'"),
    ],
)
def test_what_can_t_be_measured_is_refused(spec: str, change: dict[str, object], said: str) -> None:
    with pytest.raises(InputError, match=said):
        bench(spec, replace(PLAN, **change))


def test_engines_stand_side_by_side_and_torch_keeps_its_threads(spec: str) -> None:
    before = torch.get_num_threads()
    found = bench(spec, replace(PLAN, engines=("onnx", "torch"), threads=before))
    assert [each.engine for each in found.engines] == ["onnx", "torch"] and found.threads == before
    assert torch.get_num_threads() == before
    data = found.as_json()
    assert [each["engine"] for each in data["engines"]] == ["onnx", "torch"] and "exits" not in data


@pytest.mark.parametrize(("sizes", "expected"), [((1, 8, 64, 256), 64), ((1, 8), 8), ((128, 256), 128), ((50, 65), 50)])
def test_mixes_are_in_batches_of_64_or_what_comes_nearest_below(sizes: tuple[int, ...], expected: int) -> None:
    assert Plan(batches=sizes).mix_batch == expected


@pytest.mark.parametrize(
    ("macs", "expected"),
    [(0, (1, 8, 64, 256)), (2**31, (1, 8, 64, 256)), (2**31 + 1, (1, 8, 64)), (2**37, (1,)), (2**40, (1,))],
)
def test_sizes_are_those_that_a_network_can_take(macs: int, expected: tuple[int, ...]) -> None:
    assert sized(Plan(), macs).batches == expected
    assert sized(Plan(batches=(5, 300)), macs).batches == (5, 300)


def test_maps_take_as_long_whatever_the_images(tmp_path: Path) -> None:
    export(maps(tmp_path), tmp_path / "out")
    with pytest.raises(InputError, match="puts out maps, whose times don't depend on images"):
        bench(str(tmp_path / "out"), replace(PLAN, engines=("onnx",), data="shapes"))


def test_where_exits_put_out_maps_there_are_no_mixes(tmp_path: Path) -> None:
    (tmp_path / "maps.msd").write_text(MAPS)
    found = bench(str(tmp_path / "maps.msd"), PLAN)
    assert found.engines[0].mixes == () and len(found.engines[0].exits) == 4
    assert found.notes == ("Mixes are left out: early exit needs a class from every exit.",)
    with pytest.raises(InputError, match="has no mixes: early exit needs a class from every exit"):
        bench(str(tmp_path / "maps.msd"), replace(PLAN, mixes=("all-first",)))
