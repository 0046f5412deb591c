"""`expect params N, macs N, macs at exit1 <= N`: the spec checks itself."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal

from msdl.diagnostics import Diagnostic, Mistake, error, mistake
from msdl.language import syntax as ast
from msdl.language.build_expressions import UNITS
from msdl.language.spec import NetworkSpec
from msdl.language.suggest import did_you_mean
from msdl.network.cost import Costs

COUNTED = ("params", "macs")


def expectations_hold(spec: NetworkSpec, counted: Costs) -> Iterator[Diagnostic]:
    """What `expect` claims is so. An exact count holds for the default parameters, a bound for all."""
    for claim in spec.expectations:
        if _nonsense(claim) is None and (claim.comparison != "==" or not spec.set_by_user):
            yield from _breach(claim, counted)


def claims_make_sense(spec: NetworkSpec) -> Iterator[Diagnostic]:
    """What `expect` claims is counted, and can be compared so."""
    return (found for claim in spec.expectations if (found := _nonsense(claim)) is not None)


def _nonsense(claim: ast.Claim) -> Diagnostic | None:
    quantity = claim.quantity
    if quantity.text not in COUNTED:
        message = f"Nothing is counted by the name '{quantity.text}'."
        hint = did_you_mean(quantity.text, COUNTED) or "params and macs can be expected"
        return mistake("MSD201", message, quantity.span, "unknown", hint).diagnostic
    if claim.comparison not in ("==", "<="):
        message = f"A claim can't be made with '{claim.comparison}'."
        return mistake("MSD104", message, claim.span, "", "write a count, or a bound with `<=`").diagnostic
    return None


def _breach(claim: ast.Claim, counted: Costs) -> Iterator[Diagnostic]:
    try:
        found = _found(claim, counted)
    except Mistake as mistaken:
        yield mistaken.diagnostic
        return
    expected = claim.number.value
    holds = found <= expected if claim.comparison == "<=" else _rounded(found, claim.number.text) == expected
    if not holds:
        what = f"{claim.quantity.text}{f' at {claim.exit.text}' if claim.exit else ''}"
        at_most, sign = ("at most ", "<= ") if claim.comparison == "<=" else ("", "")
        message = f"The network has {found:,} {what}, but {at_most}{claim.number.text} is expected."
        hint = f"`{what} {sign}{found:_}`"
        yield error("MSD518", message, claim.span, f"found {found:_}", hint)


def _found(claim: ast.Claim, counted: Costs) -> int:
    """What is counted of what a claim is about. Raises Mistake."""
    quantity = claim.quantity.text
    if claim.exit is None:
        return counted.parameters if quantity == "params" else counted.macs
    for ordinal, exit in enumerate(counted.exits, start=1):
        if claim.exit.text in (exit.name, f"exit{ordinal}"):
            return exit.parameters if quantity == "params" else exit.macs.lazy
    names = ", ".join(exit.name for exit in counted.exits)
    raise mistake("MSD507", f"There is no exit '{claim.exit.text}'; the exits are: {names}.", claim.exit.span)


def _rounded(count: int, text: str) -> Decimal:
    """A count rounded half up to the digits a claim is written with: 134,100,480 to `134.10M` is 134,100,000."""
    digits, unit = (text[:-1], UNITS[text[-1]]) if text[-1] in UNITS else (text, 1)
    step = Decimal(1).scaleb(Decimal(digits.replace("_", "")).as_tuple().exponent) * unit  # type: ignore[arg-type]
    return (Decimal(count) / step).quantize(Decimal(1), ROUND_HALF_UP) * step
