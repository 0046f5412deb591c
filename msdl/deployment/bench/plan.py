"""What a benchmark measures, and what of it a network can do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from msdl.deployment.bench.images import Benched
from msdl.deployment.bench.mixes import ALL_FIRST, ALL_LAST, OWN, STANDARD, Mix, mixes
from msdl.runtime.engines import Engine
from msdl.runtime.errors import InputError
from msdl.runtime.opened import Opened
from msdl.runtime.policy import Policy

BATCHES = (1, 8, 64, 256)
MIX_BATCH = 64
# MACs of a batch, beyond which no size is usual: it would take a minute and gigabytes.
WORK = 1 << 39
USUAL = (ALL_LAST, ALL_FIRST, *STANDARD, OWN)


@dataclass(frozen=True)
class Plan:
    """What is measured. None: as many images, runs and threads as are usual, and the usual mixes; so with no `batches`.

    `engines` are names, None being the fastest that is installed; `data` names the images of another place.
    """

    engines: tuple[str | None, ...] = (None,)
    batches: tuple[int, ...] = ()
    images: int | None = None
    runs: int | None = None
    threads: int | None = None
    mixes: tuple[str, ...] | None = None
    device: str = "cpu"
    settings: Mapping[str, int | float | str] = field(default_factory=dict)
    data: str | None = None

    @property
    def mix_batch(self) -> int:
        """The batch size of mixes: 64, or of those that were asked for the largest below it."""
        return max((size for size in self.batches if size <= MIX_BATCH), default=min(self.batches))


def sized(plan: Plan, macs: int) -> Plan:
    """With sizes of batches, for a network of so many MACs: the usual ones, unless others were asked for."""
    usual = tuple(size for size in BATCHES if size == 1 or size * macs <= WORK)
    return plan if plan.batches else replace(plan, batches=usual)


@dataclass(frozen=True)
class Mixing:
    """The mixes that are forced, and the policy whose mix is the network's own.

    `notes` say what is left out, and why.
    """

    forced: tuple[Mix, ...]
    own: Policy | None
    notes: tuple[str, ...]


def mixing(plan: Plan, opened: Opened, images: Benched) -> Mixing:
    """The mixes that can be measured. Raises InputError where others were asked for."""
    names = USUAL if plan.mixes is None else plan.mixes
    try:
        forced = mixes([name for name in names if name != OWN], len(opened.exits))
    except ValueError as error:
        raise InputError(f"{sentence(str(error))}.") from None
    if not _classifies(opened.engine):
        if plan.mixes is not None:
            raise InputError(f"'{opened.source}' has no mixes: early exit needs a class from every exit.")
        return Mixing((), None, ("Mixes are left out: early exit needs a class from every exit.",))
    if OWN not in names:
        return Mixing(forced, None, ())
    if reason := _no_own(opened, images):
        if plan.mixes is not None:
            raise InputError(f"'{opened.source}' has no mix of its own: {reason}.")
        notes = (f"Its own mix is left out: {reason}.",) if opened.kind != "spec" else ()
        return Mixing(forced, None, notes)
    return Mixing(forced, opened.policy, ())


def sentence(reason: str) -> str:
    """A reason as a sentence begins."""
    return reason[:1].upper() + reason[1:]


def _classifies(engine: Engine) -> bool:
    """Whether every exit puts out a class, and none a map."""
    with engine.running():
        return all(logits.dim() == 2 for logits in engine.outputs(engine.blank()))


def _no_own(opened: Opened, images: Benched) -> str:
    """Why a network has no mix of its own; empty where it has one."""
    if opened.kind == "spec":
        return "it was never trained"
    if opened.policy is None:
        return "it has no policy, which `msdl calibrate RUN` finds"
    return "" if images.held_out else images.reason or "it takes real images, which --data names"
