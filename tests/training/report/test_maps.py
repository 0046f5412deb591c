"""The report of a network whose exits are maps."""

from __future__ import annotations

import base64
import io

import pytest
import torch
from PIL import Image

from msdl.runtime.run import Run
from msdl.training.evaluation.maps import MapEvaluation, evaluate_maps
from msdl.training.evaluation.subject import subjects
from msdl.training.report.maps import page
from msdl.training.report.pictures import color, mask_uri
from tests.training.report.test_report import Elements


@pytest.fixture(scope="module")
def evaluation(shapes_run: Run) -> MapEvaluation:
    return evaluate_maps(subjects([shapes_run.folder]), batch_size=64)[0]


@pytest.fixture(scope="module")
def single(evaluation: MapEvaluation) -> str:
    return page([evaluation])


def test_everything_is_in_it(single: str, evaluation: MapEvaluation) -> None:
    titles = ("Mean IoU against cost", "Exits", "Classes", "Easiest", "Hardest", "Worth the wait", "Spec")
    assert all(f"<h2>{title}</h2>" in single for title in titles)
    assert f"{100 * evaluation.last.miou:.1f} %" in single and "disc" in single
    assert "How it was made" in single and len(single) < 500_000


def test_images_masks_and_answers_stand_side_by_side(single: str) -> None:
    images = Elements(single).of("img")
    assert len(images) == 9 * (2 + 2) and all(each["alt"] for each in images)
    assert all((each["src"] or "").startswith("data:image/png") for each in images)


def test_it_needs_nothing_else(single: str) -> None:
    elements = Elements(single)
    assert elements.of("script") == [] and "http" not in single.replace("http-equiv", "")
    assert not [tag for tag, attributes in elements.found if "style" in attributes]


def test_several_runs_lie_on_one_another(evaluation: MapEvaluation) -> None:
    several = page([evaluation, evaluation])
    ids = [attributes["id"] for _, attributes in Elements(several).found if "id" in attributes]
    assert len(ids) == len(set(ids)) and several.count("<h2>Classes</h2>") == 2


def test_a_mask_has_its_classes_colours_and_holes_where_it_does_not_count() -> None:
    assert [color(number) for number in (0, 1, 2, 3, 8, 20)] == [
        "#000000", "#800000", "#008000", "#808000", "#400000", "#004080",
    ]  # fmt: skip
    uri = mask_uri(torch.tensor([[0, 1], [20, 255]], dtype=torch.uint8), ignored=255)
    picture = Image.open(io.BytesIO(base64.b64decode(uri.partition(",")[2]))).convert("RGBA")
    found = [picture.getpixel(place) for place in ((0, 0), (1, 0), (0, 1), (1, 1))]
    assert found[:3] == [(0, 0, 0, 255), (128, 0, 0, 255), (0, 64, 128, 255)]
    assert isinstance(found[3], tuple) and found[3][3] == 0
