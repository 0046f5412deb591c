"""The names that msdl refuses are those that torch keeps."""

from __future__ import annotations

from torch import nn

from msdl.checks.identifiers import TAKEN

# A section, and what the generated module adds itself.
OURS = {"exits"}


def test_every_public_attribute_of_the_containers_is_refused() -> None:
    public = {name for kind in (nn.Module, nn.ModuleDict, nn.Sequential) for name in dir(kind) if name[0] != "_"}
    assert public | OURS | {"training"} == set(TAKEN)
