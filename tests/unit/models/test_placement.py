"""What a model runs on: checked, remembered beside the model, and forgotten with it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from app.core.errors import AppError, ErrorCode
from app.models.placement import DeviceTrial, Placement, checked
from tests.fakes.model_folders import make
from tests.fakes.shelves import Home


@pytest.fixture
def home(tmp_path: Path) -> Home:
    made = Home(tmp_path)
    make(made.main / "small")
    return made


def test_a_placement_is_remembered_until_the_model_goes(home: Home) -> None:
    wanted = Placement(device="cuda", threads=3, context_limit=2048)
    home.manager.place("small", wanted)
    assert Home(home.root).records.placement("small") == wanted
    assert home.records.placement("other") == Placement()
    home.manager.remove("small")
    assert home.records.placement("small") == Placement()


def test_the_usual_one_leaves_nothing_behind(home: Home) -> None:
    home.manager.rename("small", "Little")
    home.manager.place("small", Placement(threads=2))
    home.manager.place("small", Placement())
    assert json.loads((home.root / "models.json").read_text())["placements"] == {}
    assert home.records.names() == {"small": "Little"}


def test_what_cannot_be_read_is_the_usual_one(home: Home) -> None:
    for entry in ({"device": 7}, {"device": "../x"}, {"threads": -1}, "cuda", None):
        document = {"placements": {"small": entry}}
        (home.root / "models.json").write_text(json.dumps(document))
        assert home.records.placement("small") == Placement()
    home.manager.place("small", Placement(threads=2))
    assert home.records.placement("small").threads == 2


@pytest.mark.parametrize(
    "wrong",
    [
        Placement(device="CUDA; rm"),
        Placement(device="x" * 40),
        Placement(threads=-1),
        Placement(threads=1000),
        Placement(context_limit=5),
        Placement(context_limit=10**9),
    ],
)
def test_what_no_machine_could_do_is_refused(home: Home, wrong: Placement) -> None:
    with pytest.raises(AppError) as caught:
        home.manager.place("small", wrong)
    assert caught.value.code is ErrorCode.USAGE
    assert home.records.placement("small") == Placement()
    with pytest.raises(AppError):
        checked(wrong)


def test_a_model_that_is_not_there_is_not_placed(home: Home) -> None:
    with pytest.raises(AppError) as caught:
        home.manager.place("gone", Placement(threads=2))
    assert caught.value.code is ErrorCode.MODEL_MISSING


@pytest.mark.parametrize(
    ("cap", "wanted", "expected"),
    [(0, None, None), (0, 512, 512), (1024, None, 1024), (1024, 512, 512), (512, 1024, 512)],
)
def test_the_shorter_of_two_limits_holds(
    cap: int, wanted: int | None, expected: int | None
) -> None:
    assert Placement(context_limit=cap).limit(wanted) == expected


def test_a_device_works_where_it_answered_itself() -> None:
    assert DeviceTrial(wanted="cuda", used="cuda").works
    assert DeviceTrial(wanted="auto", used="cpu").works
    assert not DeviceTrial(wanted="cuda", used="cpu").works
    assert not DeviceTrial(wanted="auto", used="").works
