"""What a download of a model of the catalogue is called."""

from __future__ import annotations

from app.core.cancel import CancelToken
from app.local_models import catalogue
from app.models.downloads.planning import Planner
from tests.unit.models.downloads.conftest import Desk


def test_a_model_of_the_catalogue_gets_its_name_and_a_telling_id(desk: Desk) -> None:
    repository = "microsoft/Phi-4-mini-instruct-onnx"
    desk.add("gpu/gpu-int4-rtn-block-32", repository)
    listing = desk.asking.variants(repository, CancelToken())
    planner = Planner(desk.home.manager.shelf, catalogue)
    plan = planner.install(listing, listing.variants[0], with_token=False)
    assert (plan.name, plan.model_id) == ("Phi-4 mini instruct", "phi-4-mini-instruct-gpu-int4")
