"""The port's flags -> a compiled network."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from msdl import library
from msdl.diagnostics import SpecError, in_order
from msdl.interop.msdnet_pytorch.flags import command_line, read_flags
from msdl.interop.msdnet_pytorch.laws import LAWS
from msdl.source import Source

if TYPE_CHECKING:
    from msdl.compilation import Compilation


def translate(
    flags: Mapping[str, object], /, *, name: str = "msdnet_pytorch", file: str = "<msdnet-pytorch>"
) -> Compilation:
    """The network that the port builds with these flags, named as there, and `image-size`; others have its defaults.

    `compilation.text.text` is the spec, which says what it costs; `file` is where it will lie. Raises SpecError.
    """
    from msdl.compilation import Compilation
    from msdl.interop.msdnet_pytorch.spec import spec

    options, spans, findings = read_flags(flags)
    if options is not None:
        findings.add(*(diagnostic for law in LAWS for diagnostic in law(options, spans)))
    if options is None or findings:
        raise SpecError(in_order(findings))

    def compiled(expectation: str) -> Compilation:
        text = spec(options, name, command_line(options), expectation)
        # The spec means the library's blocks, whatever lies beside the file.
        return Compilation(Source(file, text), library.SPECS, None, {}, None)

    costs = compiled("").costs
    return compiled(f"params {costs.parameters:_}, macs {costs.macs:_}")
