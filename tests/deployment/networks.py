"""Networks to export: freshly drawn, trained on digits, with maps for outputs."""

from __future__ import annotations

from pathlib import Path

from msdl.runtime.policy import Policy
from msdl.runtime.run import POLICY, Run
from msdl.runtime.trained import Trained, trained
from tests.training.runs import made

BUDGET = {"budget": 40_000.0}
RISK = {"max_risk": 0.3, "delta": 0.1}

MAPS = """\
network maps(classes = 3) {
  input 3 x 8 x 8
  scales 2 { width 4 * s }
  stem conv3x3(width) bn relu
  vertical conv3x3(width)/2 bn relu
  layers 4 dense(width) { diagonal conv3x3(share)/2 bn relu;  horizontal conv3x3(share) bn relu }
  exits at 2, 4: conv1x1(classes)
}
"""


def maps(folder: Path) -> Trained:
    """A network that gives every position a class, with fresh weights."""
    path = folder / "maps.msd"
    path.write_text(MAPS)
    return trained(path)


def digits(folder: Path) -> Trained:
    """A run on digits, of three exits, which has no policy yet."""
    return trained(made(folder))


def with_policy(run: Run, about: dict[str, float] | None = None, **fields: object) -> Policy:
    """Gives a run a policy that says what was asked; its thresholds are nobody's."""
    exits = tuple(exit.name for exit in run.exits)
    asked = {} if about is None else {"asked": about}
    policy = Policy(exits, (0.5,) * (len(exits) - 1), about=asked, **fields)  # type: ignore[arg-type]
    run.path(POLICY).write_text(policy.as_json())
    return policy
