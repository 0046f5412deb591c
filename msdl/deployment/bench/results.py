"""What a benchmark finds: the time to every exit, and the time that a mix of exits takes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

ONCE_IN_A_WHILE = 0.95


def percentile(values: tuple[float, ...], share: float) -> float:
    """The value below which a share of the values lies, on a line between the two nearest (Hyndman and Fan's 7th)."""
    ordered = sorted(values)
    place = share * (len(ordered) - 1)
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (place - below) * (ordered[above] - ordered[below])


def efficiency(seconds: float, most_seconds: float, macs: float, most_macs: float) -> float | None:
    """eta: a share of the time over a share of the MACs. 1 where MACs that are saved are time saved, more where fewer
    are; None where there are no MACs.
    """
    if not macs or not most_macs or not most_seconds:
        return None
    return (seconds / most_seconds) / (macs / most_macs)


@dataclass(frozen=True)
class ExitTime:
    """The seconds until an exit has answered for a batch, run after run; `macs` are lazy, those of one image.

    `eta` is its efficiency against the last exit.
    """

    name: str
    batch: int
    seconds: tuple[float, ...]
    macs: int
    eta: float | None

    @property
    def p50(self) -> float:
        return percentile(self.seconds, 0.5)

    @property
    def p95(self) -> float:
        return percentile(self.seconds, ONCE_IN_A_WHILE)

    def as_json(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "batch": self.batch,
            "p50_ms": 1000 * self.p50,
            "p95_ms": 1000 * self.p95,
            "macs": self.macs,
            "eta": self.eta,
            "runs": len(self.seconds),
        }


@dataclass(frozen=True)
class MixTime:
    """The seconds for all of so many images, of which `shares` really stopped at each exit: the median of `passes`.

    `macs` is a mean an image. `eta` is its efficiency against the mix whose images all go to the last exit. `forced`:
    the mix decided who stops, not a policy.
    """

    mix: str
    batch: int
    images: int
    seconds: float
    macs: float
    eta: float | None
    shares: tuple[float, ...]
    passes: int
    forced: bool

    def as_json(self) -> dict[str, Any]:
        return {
            "mix": self.mix,
            "batch": self.batch,
            "images": self.images,
            "ms": 1000 * self.seconds,
            "macs": self.macs,
            "eta": self.eta,
            "shares": [*self.shares],
            "passes": self.passes,
            "exits_by": "mix" if self.forced else "policy",
        }


@dataclass(frozen=True)
class EngineResult:
    """One engine: its exits for every size of a batch, and its mixes, that to the last exit first."""

    engine: str
    exits: tuple[ExitTime, ...]
    mixes: tuple[MixTime, ...]

    def at(self, batch: int) -> tuple[ExitTime, ...]:
        """The exits in batches of this size, from the first to the last."""
        return tuple(exit for exit in self.exits if exit.batch == batch)

    @property
    def batches(self) -> tuple[int, ...]:
        return tuple(dict.fromkeys(exit.batch for exit in self.exits))


@dataclass(frozen=True)
class Benchmark:
    """Engines side by side, with what else decided the times. `images` says what they ran on.

    `kind` is that of the source: `spec`, whose weights were drawn and never trained, `run` or `export`. `notes` say
    what was left out, and why.
    """

    source: str
    kind: str
    network: str
    threads: int
    machine: str
    device: str
    images: str
    versions: Mapping[str, str]
    engines: tuple[EngineResult, ...]
    notes: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Times in milliseconds: of an exit those of a batch, of a mix those of all its images. MACs an image.

        With several engines, `engines` has an object for each; one engine's fields stand at the top.
        """
        common = {
            "source": self.source,
            "kind": self.kind,
            "network": self.network,
            "machine": self.machine,
            "device": self.device,
            "images": self.images,
            "versions": dict(self.versions),
            "notes": [*self.notes],
        }
        told = [
            {
                "engine": each.engine,
                "threads": self.threads,
                "exits": [exit.as_json() for exit in each.exits],
                "mixes": [mix.as_json() for mix in each.mixes],
            }
            for each in self.engines
        ]
        return {**told[0], **common} if len(told) == 1 else {"engines": told, **common}
