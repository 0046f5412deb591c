"""Networks one after the other as one network whose exits are they: the ensemble baseline (MSDNet, section 5)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from itertools import accumulate

import torch
from torch import Tensor, nn

from msdl.runtime.preprocessing import Preprocessing
from msdl.runtime.sections import Section, State, outputs
from msdl.training.evaluation.subject import Subject


class Ensemble(nn.Module):
    """Answers with the mean of the probabilities of the networks evaluated so far.

    It has sections like a generated module: section k evaluates network k up to its last exit. The state is the image,
    with values from 0 to 1, and the logarithm of the sum of probabilities. Every network normalises the image itself.
    """

    def __init__(self, names: Sequence[str], members: Sequence[nn.Module], preprocessing: Sequence[Preprocessing]):
        super().__init__()
        self.EXITS = tuple(names)
        self.INPUT = preprocessing[0].shape
        self.members = nn.ModuleList(members)
        self.preprocessing = tuple(preprocessing)
        self.sections: tuple[Section, ...] = tuple(partial(self._section, number) for number in range(len(members)))
        for number, section in enumerate(self.sections, start=1):
            vars(self)[f"section{number}"] = section

    def forward(self, image: Tensor) -> tuple[Tensor, ...]:
        return tuple(self.exits(image))

    def exits(self, image: Tensor) -> Iterator[Tensor]:
        """Logarithms of mean probabilities, (N, C); what nobody asks for is not computed."""
        state: State = (image,)
        for section in self.sections:
            logits, state = section(*state)
            yield logits

    def _section(self, number: int, image: Tensor, total: Tensor | None = None) -> tuple[Tensor, State]:
        *_, logits = outputs(self.members[number], self.preprocessing[number].standardised(image))
        log_p = logits.log_softmax(-1)
        total = log_p if total is None else torch.logaddexp(total, log_p)
        rest = (image, total) if number + 1 < len(self.members) else ()
        return total.log_softmax(-1), rest


def ensemble(subjects: Sequence[Subject]) -> Subject | None:
    """Several networks in ascending cost as one; its costs are sums.

    None where they read images of different sizes, and where they keep different images for validation: thresholds
    would be found on images that some of them were trained on.
    """
    members = sorted(subjects, key=lambda subject: subject.macs[-1])
    preprocessing = [member.data.preprocessing for member in members]
    sizes = {(each.shape, each.shorter_side) for each in preprocessing}
    kept = {member.data.validation.names for member in members}
    if len(sizes) > 1 or len(kept) > 1:
        return None
    names = tuple(member.name for member in members)
    shape = preprocessing[0].shape
    plain = replace(preprocessing[0], mean=(0.0,) * shape[0], std=(1.0,) * shape[0])
    return Subject(
        "ensemble",
        Ensemble(names, [member.model for member in members], preprocessing).eval(),
        names,
        tuple(accumulate(member.macs[-1] for member in members)),
        replace(members[0].data, preprocessing=plain),
    )
