"""`msdl export`: writes a network as graphs that run without msdl."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from msdl.cli.options import complete_spec, format_option, set_option, sound
from msdl.cli.output import FINE, INVALID, put, report_problems

if TYPE_CHECKING:
    from msdl.runtime.manifest import Manifest
    from msdl.runtime.policy import Policy
    from msdl.runtime.trained import Trained

TARGETS = ("onnx", "pt2")


@click.command("export")
@click.argument("source", metavar="SPEC|RUN", shell_complete=complete_spec)
@click.option(
    "-o", "--output", metavar="DIR", required=True, type=click.Path(path_type=Path), help="The folder, a new one."
)
@click.option(
    "--target",
    type=click.Choice(TARGETS),
    default=TARGETS[0],
    show_default=True,
    help="ONNX models, or programs of torch.export.",
)
@click.option("--exit", "exit_", metavar="K", help="This exit alone, a name or a number from 1, as one graph.")
@click.option("--direct", is_flag=True, help="Beside the sections a graph for every exit alone, for deadlines.")
@click.option("--policy", metavar="F.json", type=click.Path(path_type=Path), help="Not RUN/policy.json but this one.")
@click.option("--no-policy", is_flag=True, help="Leave the run's policy out.")
@click.option("--data", metavar="DATA", help="Where the run's images lie now, if not where they were.")
@click.option("--force", is_flag=True, help="Replace an export that is in DIR.")
@set_option
@click.option(
    "--weights", metavar="F.safetensors", type=click.Path(path_type=Path), help="A SPEC's weights, from `msdl import`."
)
@format_option("json")
def command(
    source: str,
    output: Path,
    target: str,
    exit_: str | None,
    direct: bool,
    policy: Path | None,
    no_policy: bool,
    data: str | None,
    force: bool,
    settings: dict[str, str],
    weights: Path | None,
    format: str,
) -> int:
    """Write a network as graphs that run without msdl, one a section, and a manifest.

    A section is the work between two exits. It reads the image, or the state that the section before left, and gives
    logits and the new state; any number of images goes at once. Batch norms are folded into convolutions. Beside the
    graphs, manifest.json holds all that it takes to run them: tensors, preprocessing, classes, exits and the policy.

    The graphs are held against the module on the RUN's validation images, or on random ones for a SPEC, whose weights
    are freshly drawn but for --weights. Logits that differ by more than 1e-4 of the largest of an image end the
    export, unless rounding moves the module itself as far. A RUN's policy is calibrated again on what the graphs say.
    DIR is written whole or not at all.

    \b
    Examples:
      msdl export runs/digits -o deployed
      msdl export runs/digits -o deployed --direct --force
      msdl export runs/digits -o second --exit 2 --target pt2
      msdl export msdnet_cifar_anytime -o graphs --set classes=10
      msdl export resnet50 -o photos --weights resnet50.safetensors
    """
    _refuse_together(("--exit", exit_), ("--direct", direct))
    _refuse_together(("--exit", exit_), ("--policy", policy))
    _refuse_together(("--policy", policy), ("--no-policy", no_policy))
    from msdl.deployment.export import export
    from msdl.diagnostics import SpecError

    network = _trained(source, settings, exit_, weights)
    chosen = _policy(policy) if policy is not None else not no_policy
    how: dict[str, Any] = {"target": target, "exit": exit_, "direct": direct, "force": force}
    try:
        manifest = export(network, output, policy=chosen, data=data, **how)
    except SpecError as error:
        report_problems(error.diagnostics)
        return INVALID
    for warning in _warnings(network, manifest):
        click.echo(f"Warning: {warning}", err=True)
    from msdl.cli.export.findings import FORMATS

    put(FORMATS[format](manifest))
    return FINE


def _refuse_together(*options: tuple[str, object]) -> None:
    """Raises UsageError."""
    if all(given for _, given in options):
        raise click.UsageError(f"{' and '.join(name for name, _ in options)} exclude each other.")


def _trained(source: str, settings: dict[str, str], exit: str | None, weights: Path | None) -> Trained:
    """With `weights` those of the exit will do. Raises InputError; a SPEC with errors ends the command."""
    from msdl import files
    from msdl.runtime.errors import InputError
    from msdl.runtime.manifest import MANIFEST
    from msdl.runtime.run import RECORD
    from msdl.runtime.trained import imported, trained, untrained

    if files.holds(source, RECORD):
        if weights is not None:
            raise InputError("A run has the weights that it learned; only a spec takes others.")
        return trained(source, settings)
    if files.holds(source, MANIFEST):
        raise InputError(f"'{source}' is an export already.", "export the RUN or the SPEC that it was made from")
    if weights is not None:
        return imported(sound(source, settings, exit), weights)
    return untrained(sound(source, settings))


def _policy(path: Path) -> Policy:
    from msdl.runtime.policy import Policy

    return Policy.read(path)


def _warnings(network: Trained, manifest: Manifest) -> list[str]:
    from msdl.deployment.images import RANDOM
    from msdl.deployment.verification import AGREEMENT

    found = manifest.verified
    warnings = []
    if network.run is not None and found["images"] == RANDOM:
        warnings.append(
            "the run's images can't be read, so that random ones were compared; --data says where they lie."
        )
    if found["agreement"] < AGREEMENT:
        warnings.append(f"{found['flips']:,} of {found['decisions']:,} decisions are not those of the module.")
    return warnings
