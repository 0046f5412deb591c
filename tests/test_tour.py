"""The tour runs from top to bottom, and what the notebook shows is what it shows today."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import Golden

TOUR = Path(__file__).parents[1] / "examples" / "tour.ipynb"


@pytest.mark.slow
def test_the_tour(golden: Golden, tmp_path: Path) -> None:
    nbclient, nbformat = pytest.importorskip("nbclient"), pytest.importorskip("nbformat")
    pytest.importorskip("ipykernel")
    notebook = nbformat.read(TOUR, as_version=4)
    client = nbclient.NotebookClient(
        notebook,
        timeout=120,
        record_timing=False,
        coalesce_streams=True,  # what is printed arrives in as many pieces as time permits
        resources={"metadata": {"path": str(tmp_path)}},
    )
    client.execute()
    notebook.metadata["language_info"] = {"name": "python"}  # without the version of Python
    golden(nbformat.writes(notebook) + "\n", TOUR)
