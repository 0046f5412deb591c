"""What an export came to, as text: a table for a person, and JSON."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from msdl.cli import values
from msdl.cli.wording import columns, table
from msdl.quantities import amount

if TYPE_CHECKING:
    from msdl.runtime.manifest import Manifest, Part


def as_json(manifest: Manifest) -> str:
    return values.as_json(
        {
            "export": str(manifest.folder),
            "network": manifest.network,
            "target": manifest.target,
            "files": [_file(manifest, part) for part in (*manifest.sections, *manifest.direct)],
            "exits": [exit.as_json() for exit in manifest.exits],
            "policy": None if manifest.policy is None else manifest.policy.about,
            "verified": dict(manifest.verified),
        }
    )


def human(manifest: Manifest) -> str:
    """The graphs in a table; below it how they compare with the module."""
    macs = {exit.name: exit.macs for exit in manifest.exits}
    rows = [
        [part.file, f"{_size(manifest, part):,}", part.exit, _state(part), amount(macs[part.exit])]
        for part in manifest.sections
    ]
    rows += [[part.file, f"{_size(manifest, part):,}", part.exit, _state(part), "-"] for part in manifest.direct]
    facts = [["export", str(manifest.folder)], *_verified(manifest), ["policy", _kept(manifest)]]
    return "\n".join([table(TITLES, rows, "<><>>"), "", *columns(facts, "<<")]) + "\n"


TITLES = ("file", "bytes", "exit", "state", "MACs lazy")


def _verified(manifest: Manifest) -> list[list[str]]:
    found = manifest.verified
    images = f"{found['count']:,} {found['images']} images"
    apart = f"{found['largest_difference']:.1e} at most, {found['relative_difference']:.1e} of the largest"
    alike = found["decisions"] - found["flips"]
    return [
        ["compared", f"with the module, on {images}"],
        ["logits", f"differ by {apart}"],
        ["decisions", f"{alike:,} of {found['decisions']:,} are the same"],
    ]


def _kept(manifest: Manifest) -> str:
    if manifest.policy is None:
        return "none"
    if not manifest.verified["recalibrated"]:
        return "as it was given: it doesn't say what was asked of it"
    found = manifest.policy.about["validation"]
    return f"calibrated again: {amount(round(found['macs']))} MACs per image, on {found['images']:,} validation images"


def _state(part: Part) -> str:
    """The numbers that a graph leaves for the next one."""
    return amount(sum(math.prod(value.shape) for value in part.outputs[1:]))


def _file(manifest: Manifest, part: Part) -> dict[str, str | int]:
    return {"file": part.file, "exit": part.exit, "bytes": _size(manifest, part), "sha256": part.sha256}


def _size(manifest: Manifest, part: Part) -> int:
    return manifest.path(part).stat().st_size


FORMATS = {"human": human, "json": as_json}
