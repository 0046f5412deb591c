"""What a benchmark found, as text: tables for a person, and JSON."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from msdl.cli import values
from msdl.cli.wording import enumeration, table
from msdl.language.numbers import counted
from msdl.quantities import amount

if TYPE_CHECKING:
    from msdl.deployment.bench.results import Benchmark, EngineResult

KINDS = {"spec": "never trained", "run": "a run", "export": "an export"}


def as_json(found: Benchmark) -> str:
    return values.as_json(found.as_json())


def human(found: Benchmark) -> str:
    return "\n\n".join([_head(found), *_exits(found), *_mixes(found), _convention(found), *found.notes]) + "\n"


def _head(found: Benchmark) -> str:
    engines = enumeration([each.engine for each in found.engines])
    place = f"{engines} on {found.machine}"
    return f"{found.network} ({KINDS[found.kind]})\n{place}, {counted(found.threads, 'thread')}"


def _exits(found: Benchmark) -> Iterator[str]:
    """A table for every size of a batch; with one engine it has the 95th percentile too."""
    for batch in found.engines[0].batches:
        counts = dict.fromkeys(counted(len(each.at(batch)[0].seconds), "run") for each in found.engines)
        title = f"batch {batch}: the time of {enumeration([*counts])}, in ms"
        yield f"{title}\n{_of_one(found.engines[0], batch) if len(found.engines) == 1 else _of_several(found, batch)}"


def _of_one(found: EngineResult, batch: int) -> str:
    rows = [
        [exit.name, amount(exit.macs), ms(exit.p50), ms(exit.p95), rate(batch / exit.p50), ratio(exit.eta)]
        for exit in found.at(batch)
    ]
    return table(["exit", "MACs", "p50", "p95", "images/s", "eta"], rows, "<>>>>>")


def _of_several(found: Benchmark, batch: int) -> str:
    first, *others = (each.at(batch) for each in found.engines)
    rows = [
        [
            exit.name, amount(exit.macs), ms(exit.p50), ratio(exit.eta),
            *(cell for other in others for cell in
              (ms(other[number].p50), ratio(other[number].eta), times(other[number].p50 / exit.p50))),
        ]
        for number, exit in enumerate(first)
    ]  # fmt: skip
    return table(["exit", "MACs", *_columns(found)], rows, "<>" + ">" * len(_columns(found)))


def _columns(found: Benchmark) -> list[str]:
    """The titles of engines' columns; the later ones are held against the first."""
    first, *others = (each.engine for each in found.engines)
    return [first, "eta", *(title for name in others for title in (name, "eta", f"/{first}"))]


def _mixes(found: Benchmark) -> Iterator[str]:
    """A table of all mixes, if any were measured."""
    first, *others = found.engines
    if not first.mixes:
        return
    one = first.mixes[0]
    rows = []
    for number, mix in enumerate(first.mixes):
        row = [mix.mix, amount(round(mix.macs)), ms(mix.seconds / mix.images), ratio(mix.eta)]
        for other in others:
            theirs = other.mixes[number]
            row += [ms(theirs.seconds / mix.images), ratio(theirs.eta), times(theirs.seconds / mix.seconds)]
        if not others:
            row.insert(3, rate(mix.images / mix.seconds))
        rows.append(row)
    titles = ["mix", "MACs", *(["ms/image", "images/s", "eta"] if not others else _columns(found))]
    least = min(mix.passes for each in found.engines for mix in each.mixes)
    passes = "one pass" if least == 1 else f"median of {least} passes"
    title = f"mixes: {one.images:,} images in batches of {one.batch}, {passes}, ms an image"
    yield f"{title}\n{table(titles, rows, '<' + '>' * (len(titles) - 1))}"


def _convention(found: Benchmark) -> str:
    forced = [mix.mix for mix in found.engines[0].mixes if mix.forced]
    own = len(found.engines[0].mixes) - len(forced)
    parts = [
        f"Images: {found.images}; the times of exits don't depend on them.",
        "MACs: multiply-adds of convolutions and linear layers for one image, lazy.",
        "eta: share of the time over share of the MACs, against the last exit;",
        "1 where all MACs that are saved are time saved, more where fewer are.",
    ]
    if forced:
        parts.append("Mixes are forced: chance decides who stops where, whatever the images are.")
    if own:
        parts.append("own: the policy decides, on those images.")
    return "\n".join(parts)


def ms(seconds: float) -> str:
    """Milliseconds, four digits of them or more."""
    return f"{1000 * seconds:#.4g}".rstrip(".") if seconds < 1 else f"{1000 * seconds:,.0f}"


def rate(each_second: float) -> str:
    return f"{each_second:,.0f}" if each_second >= 10 else f"{each_second:.1f}"


def ratio(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}"


def times(value: float) -> str:
    return f"{value:.2f}x"


FORMATS: dict[str, Callable[[Benchmark], str]] = {"human": human, "json": as_json}
