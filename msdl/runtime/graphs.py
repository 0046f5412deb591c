"""A network as ONNX graphs, one a section: its folded graph and weights, given to the backend."""

from __future__ import annotations

from collections.abc import Iterator

from msdl.network.schedule import SectionFile
from msdl.runtime.errors import InputError
from msdl.runtime.trained import Trained
from msdl.version import VERSION


def onnx_sections(trained: Trained) -> Iterator[SectionFile]:
    """The sections in their order, ready for inference; the same network gives the same bytes. Raises InputError."""
    try:
        from msdl.backends.onnx import emit
    except ModuleNotFoundError as error:
        raise InputError(
            f"The package '{error.name}' is missing, which graphs of ONNX are written with.",
            "`python -m pip install 'msdl[onnx]'` installs it",
        ) from None
    network = trained.folded
    weights = {key: value.detach().float().numpy() for key, value in network.weights.items()}
    yield from emit(network.graph, network.schedule, weights, trained.compilation.digest, VERSION)
