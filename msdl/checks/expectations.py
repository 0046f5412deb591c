"""`expect params N, macs N, macs at exit1 <= N`: the spec checks itself."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal

from msdl.checks.subject import Subject
from msdl.diagnostics import Diagnostic, Severity, mistake
from msdl.language import syntax as ast
from msdl.language.build_expressions import UNITS
from msdl.network.cost import Costs, costs
from msdl.network.prune import chosen_exit
from msdl.network.schedule import schedule


def expectations_hold(subject: Subject) -> Iterator[Diagnostic]:
    """What `expect` claims is so. An exact count holds for the default parameters, a bound for all."""
    claims = [claim for claim in subject.spec.expectations if _is_looked_at(claim, subject)]
    if not claims:
        return
    counted = costs(subject.pruned, schedule(subject.pruned))
    for claim in claims:
        yield from _breach(claim, counted, subject)


def _is_looked_at(claim: ast.Claim, subject: Subject) -> bool:
    return claim.comparison != "==" or not subject.spec.set_by_user


def _breach(claim: ast.Claim, counted: Costs, subject: Subject) -> Iterator[Diagnostic]:
    found = _found(claim, counted, subject)
    if isinstance(found, Diagnostic):
        yield found
        return
    expected = claim.number.value
    holds = found <= expected if claim.comparison == "<=" else _rounded(found, claim.number.text) == expected
    if not holds:
        what = f"{claim.quantity.text}{f' at {claim.exit.text}' if claim.exit else ''}"
        bound = "at most " if claim.comparison == "<=" else ""
        message = f"The network has {found:,} {what}, but {bound}{claim.number.text} is expected."
        yield Diagnostic(
            "MSD518",
            Severity.ERROR,
            message,
            claim.span,
            f"found {found:_}",
            help=f"`{what} {'<= ' if bound else ''}{found:_}`",
        )


def _found(claim: ast.Claim, counted: Costs, subject: Subject) -> int | Diagnostic:
    quantity = claim.quantity.text
    if quantity not in ("params", "macs"):
        hint = "params and macs can be expected"
        return mistake(
            "MSD201", f"Nothing is counted by the name '{quantity}'.", claim.quantity.span, "", hint
        ).diagnostic
    if claim.comparison not in ("==", "<="):
        hint = "write a count, or a bound with `<=`"
        return mistake("MSD104", f"A claim can't be made with '{claim.comparison}'.", claim.span, "", hint).diagnostic
    if claim.exit is None:
        return counted.parameters if quantity == "params" else counted.macs
    exit = chosen_exit(subject.graph, claim.exit.text)
    if exit is None:
        names = ", ".join(known.name for known in subject.graph.exits)
        return mistake(
            "MSD507", f"There is no exit '{claim.exit.text}'; the exits are: {names}.", claim.exit.span
        ).diagnostic
    cost = counted.exits[subject.graph.exits.index(exit)]
    return cost.parameters if quantity == "params" else cost.macs.lazy


def _rounded(count: int, text: str) -> Decimal:
    """A count rounded half up to the digits a claim is written with: 134,100,480 to `134.10M` is 134,100,000."""
    digits, unit = (text[:-1], UNITS[text[-1]]) if text[-1] in UNITS else (text, 1)
    step = Decimal(1).scaleb(Decimal(digits.replace("_", "")).as_tuple().exponent) * unit  # type: ignore[arg-type]
    return (Decimal(count) / step).quantize(Decimal(1), ROUND_HALF_UP) * step
