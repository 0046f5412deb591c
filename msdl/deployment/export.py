"""A network as a folder that runs without msdl, on one page: written, opened again, held against the module."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path

from msdl.deployment import parts
from msdl.deployment.folder import filled, insist_on_place
from msdl.deployment.images import BATCH, DRAWN, ENOUGH, WORK, Images, affordable, random_images, validation_images
from msdl.deployment.recalibration import recalibrated
from msdl.deployment.verification import insist_on_likeness, said, tolerant, verified
from msdl.network.graph import Graph
from msdl.runtime.errors import InputError
from msdl.runtime.manifest import TARGETS, Manifest
from msdl.runtime.maps import View
from msdl.runtime.opened import engine_of
from msdl.runtime.policy import Policy
from msdl.runtime.run import Exit
from msdl.runtime.sections import image_shape
from msdl.runtime.trained import Trained
from msdl.training.copies import settings
from msdl.training.folder import writing
from msdl.training.views import views
from msdl.version import VERSION

# The engine that runs a target's files as they are.
ENGINES = {"onnx": "onnx", "pt2": "torch"}


def export(
    trained: Trained,
    folder: Path,
    *,
    target: str = "onnx",
    exit: str | int | None = None,
    direct: bool = False,
    policy: Policy | bool = True,
    data: str | None = None,
    force: bool = False,
) -> Manifest:
    """Writes the network as graphs of a target, one a section, with a manifest; the folder is whole or isn't there.

    With `exit`, a name or a number from 1, one graph for that exit alone; with `direct` such a graph for every exit
    beside the sections. `policy` True takes the run's own, where there is one; it is calibrated again on what the
    graphs say about the run's validation images. Those images (from `data`, where they have moved) are also what the
    graphs are held against the module on; a network that was never trained, and a run without a policy whose images
    are gone, are compared on random ones. `force` replaces an export that is there. Raises SpecError and InputError.
    """
    if target not in TARGETS:
        raise InputError(f"There is no target '{target}'; there is {' and '.join(TARGETS)}.")
    _insist_on_sense(trained, exit, direct, policy, data)
    insist_on_place(folder, trained.run, force)
    asked = _policy(trained, exit, policy)
    subject = trained if exit is None else trained.alone(exit)
    images = _images(subject, asked, data)
    with filled(folder) as place:
        with writing(folder):
            manifest = _written(subject, place, target, alone=exit is not None, direct=direct)
        manifest = _judged(manifest, subject, images, asked)
        with writing(folder):
            manifest.write()
    return replace(manifest, folder=folder)


def _insist_on_sense(
    trained: Trained, exit: str | int | None, direct: bool, policy: Policy | bool, data: str | None
) -> None:
    """Refuses what excludes each other. Raises InputError."""
    if exit is not None and direct:
        raise InputError("The network of one exit is direct already.")
    if exit is not None and isinstance(policy, Policy):
        raise InputError("The network of one exit has no policy: every image stops there.")
    if trained.run is None and (isinstance(policy, Policy) or data is not None):
        raise InputError("A spec has neither images nor a policy: those are a trained network's.", "export its RUN")


def _policy(trained: Trained, exit: str | int | None, policy: Policy | bool) -> Policy | None:
    """Raises InputError."""
    if exit is not None or policy is False:
        return None
    chosen = trained.policy if policy is True else policy
    if chosen is not None:
        _insist_on_classes(trained.compilation.network)
        chosen.insist_on(tuple(exit.name for exit in trained.compilation.network.exits))
    return chosen


def _insist_on_classes(network: Graph) -> None:
    """Refuses a policy where exits put out maps. Raises InputError."""
    for exit in network.exits:
        if not (size := network[exit.output].size).flat:
            reason = f"'{exit.name}' puts out a map, {size}, and early exit needs a class from every exit."
            raise InputError(reason, "--no-policy leaves the policy out")


def _images(trained: Trained, policy: Policy | None, data: str | None) -> Images:
    """Raises InputError where images are missing that a policy or `data` asks for."""
    macs = trained.compilation.costs.macs
    size, enough = min(BATCH, affordable(WORK, macs)), affordable(ENOUGH, macs, least=2)
    drawn = random_images(image_shape(trained.model), min(DRAWN, enough), size)
    if trained.run is None:
        return drawn
    try:
        return validation_images(trained.run, data, enough if policy is None else None, size)
    except InputError as error:
        if data is not None:
            raise
        if policy is not None:
            reason = f"The policy can't be calibrated on the export. {error}"
            raise InputError(reason, "--data DATA says where the images lie; --no-policy exports without") from None
        return drawn


def _written(trained: Trained, place: Path, target: str, *, alone: bool, direct: bool) -> Manifest:
    """The graphs, in files, and all that is said of them but its judgement. Raises InputError and OSError."""
    whole = (parts.alone(trained, target, place),) if alone else (*parts.sections(trained, target, place),)
    return Manifest(
        place,
        trained.compilation.network.name,
        trained.compilation.digest,
        settings(trained.compilation),
        target,
        image_shape(trained.model),
        tuple(Exit(exit.name, exit.macs.lazy, exit.parameters) for exit in trained.compilation.costs.exits),
        whole,
        tuple(parts.direct(trained, target, place)) if direct else (),
        trained.preprocessing,
        None if trained.run is None else trained.run.classes,
        None,
        {},
        _versions(target),
        _maps(trained.compilation.network),
    )


def _maps(network: Graph) -> Mapping[str, View] | None:
    """What part of the image each exit's map is about, where all put out maps."""
    return None if any(network[exit.output].size.flat for exit in network.exits) else views(network)


def _judged(manifest: Manifest, trained: Trained, images: Images, policy: Policy | None) -> Manifest:
    """With what came of the comparison, and the policy calibrated again. Raises InputError."""
    engine = engine_of(manifest, ENGINES[manifest.target])
    asked, found = policy, None if policy is None else said(engine, images)
    if policy is not None and found is not None and images.labels is not None:
        policy = recalibrated(policy, found, images.labels, [exit.macs for exit in manifest.exits])
    judgement = tolerant(verified(engine, trained.model, images, found, policy), trained.model, images)
    insist_on_likeness(judgement)
    recalibration = {} if policy is None else {"recalibrated": policy is not asked}
    return replace(manifest, policy=policy, verified={**judgement.as_json(), **recalibration})


def _versions(target: str) -> dict[str, str]:
    found = {"msdl": VERSION, "torch": version("torch")}
    if target == "onnx":
        from msdl.backends.onnx.writing import OPSET

        found |= {name: version(name) for name in ("onnx", "onnxruntime")} | {"opset": str(OPSET)}
    return found
