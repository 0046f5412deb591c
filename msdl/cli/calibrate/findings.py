"""A policy that was found, as text: a table for a person, and JSON."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from msdl.cli import values
from msdl.cli.wording import columns, percent, table
from msdl.quantities import amount

if TYPE_CHECKING:
    from msdl.runtime.policy import Policy
    from msdl.runtime.run import Run

NONE = "-"
NEAR_CERTAINTY = 0.9999


def human(run: Run, policy: Policy, place: str) -> str:
    """The exits in a table; below it what was asked and what comes of it on the validation images."""
    facts = [*_asked(run, policy.about), *_realised(run, policy.about), ["policy", place]]
    return "\n".join([_table(run, policy), "", *columns(facts, "<<")])


def as_json(run: Run, policy: Policy, place: str) -> str:
    about = dict(policy.about)
    validation = {key: value for key, value in about.pop("validation").items() if key != "exits"}
    return values.as_json(
        {
            "run": str(run.folder),
            "network": run.network,
            "policy": place,
            "confidence": policy.confidence,
            **about,
            "validation": validation,
            "exits": [*_exits(run, policy)],
        }
    )


def _exits(run: Run, policy: Policy) -> Iterator[dict[str, Any]]:
    """Every exit with what the policy does there; the last has no threshold, and without scaling none a temperature."""
    thresholds = (*policy.thresholds, None)
    temperatures = policy.temperatures or (None,) * len(thresholds)
    stops = policy.about["validation"]["exits"]
    for exit, threshold, temperature, found in zip(run.exits, thresholds, temperatures, stops, strict=True):
        yield {
            "name": exit.name,
            "macs": exit.macs,
            "threshold": threshold,
            "temperature": temperature,
            "share": found["share"],
            "accuracy": found["accuracy"],
        }


def _table(run: Run, policy: Policy) -> str:
    titles = ["exit", "MACs", "threshold", "stopping", "accuracy of these"]
    rows = [
        [
            exit["name"],
            amount(exit["macs"]),
            _threshold(exit["threshold"]),
            percent(exit["share"]),
            NONE if exit["accuracy"] is None else percent(exit["accuracy"]),
        ]
        for exit in _exits(run, policy)
    ]
    return table(titles, rows, "<>>>>")


def _threshold(threshold: float | None) -> str:
    if threshold is None:
        return NONE
    return f"{threshold:.4f}" if threshold < NEAR_CERTAINTY else f"1 - {1 - threshold:.1e}"


def _asked(run: Run, about: Mapping[str, Any]) -> Iterator[list[str]]:
    asked = about["asked"]
    if "budget" in asked:
        share = percent(asked["budget"] / run.macs[-1])
        yield ["asked", f"{amount(round(asked['budget']))} MACs per image, {share} of all"]
    else:
        gap, certain = (f"{100 * share:.4g}" for share in (asked["max_risk"], 1 - asked["delta"]))
        points = "point" if gap == "1" else "points"
        last = run.exits[-1].name
        yield ["asked", f"less than {gap} {points} of accuracy lost to {last} alone, with a probability of {certain} %"]
        yield ["certified", _certified(about["certified"])]


def _certified(certified: Mapping[str, Any]) -> str:
    if certified["threshold"] is not None:
        spoilt = f"{certified['spoilt']} of {certified['images']} images spoilt"
        return f"at most {100 * certified['bound']:.2f} points lost ({spoilt})"
    if certified["images"] < (needed := certified["images_needed"]):
        return f"no early exit: it takes at least {needed:,} images, and there are {certified['images']:,}"
    return "no early exit: too many images are spoilt, however sure an exit has to be"


def _realised(run: Run, about: Mapping[str, Any]) -> Iterator[list[str]]:
    found = about["validation"]
    cost, error = (amount(round(found[key])) for key in ("macs", "standard_error"))
    share = percent(found["macs"] / run.macs[-1])
    images = f"{found['images']:,} validation images"
    yield ["realised", f"{cost} MACs per image, {share} of all, on {images} (standard error {error})"]
    yield ["accuracy", f"{percent(found['accuracy'])}; {run.exits[-1].name} alone {percent(found['accuracy_last'])}"]


FORMATS: dict[str, Callable[[Run, Policy, str], str]] = {"human": human, "json": as_json}
