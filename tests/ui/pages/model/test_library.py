"""The list of models: its order, what is there twice, bringing models in, moving them all."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QLabel

from app.paths import Paths
from app.ui.pages.model.library_card import LibraryCard
from app.ui.pages.model.library_controller import target_in
from app.ui.pages.model.work_bar import WorkBar
from tests.fakes.model_folders import make, make_verified
from tests.ui.conftest import Async, Desk
from tests.ui.pages.model.conftest import finish
from tests.ui.window.test_accessibility import nameless


@pytest.fixture
def models(small: Desk, aio: Async) -> Any:
    page = small.page("models")
    aio.until(lambda: page.cards.count() == 2)
    return page


@pytest.fixture
def card(models: Any) -> LibraryCard:
    found: LibraryCard = models.findChild(LibraryCard)
    return found


def ids(page: Any) -> list[str]:
    return [page.cards.itemAt(n).widget().model.id for n in range(page.cards.count())]


def said(page: Any) -> str:
    bar: WorkBar = page.findChild(WorkBar)
    return bar.strip.sentence


def texts(page: Any) -> str:
    return " ".join(label.text() for label in page.findChildren(QLabel))


def test_the_list_has_an_order(models: Any, small: Desk) -> None:
    assert ids(models) == ["other", "small"]
    models.sorting.setCurrentIndex(1)
    models.sorting.activated.emit(1)
    assert ids(models) == ["small", "other"]  # the larger one
    small.services.models.shelf.records.used("other")
    models.sorting.setCurrentIndex(2)
    models.show_models(small.services.library.scan(), default="", loaded="")
    assert ids(models) == ["other", "small"]  # the one that was used
    assert nameless(models) == []


def test_the_page_of_a_model_is_opened_from_its_card(models: Any, small: Desk, aio: Async) -> None:
    models.cards.itemAt(1).widget().details_wanted.emit()
    assert small.window.page == "model"
    aio.until(lambda: small.assembly.tools.model.facts is not None)


def test_what_is_there_twice_is_said(
    paths: Paths, make_desk: Callable[..., Desk], aio: Async
) -> None:
    make_verified(paths.models / "one", name="One")
    make_verified(paths.models / "two", name="Two")
    desk = make_desk()
    page = desk.page("models")
    aio.until(lambda: "The same model as Two. Keeping one of them would free 4 kB" in texts(page))
    assert "The same model as One." in texts(page)


@pytest.mark.parametrize("copy", [True, False])
def test_a_folder_is_brought_in(
    models: Any, card: LibraryCard, small: Desk, aio: Async, tmp_path: Path, copy: bool
) -> None:
    make(tmp_path / "mine", weights=b"m" * 300)
    (card.copy if copy else card.refer).click()
    card.dialog.fileSelected.emit(str(tmp_path / "mine"))
    card.dialog.close()
    finish(small, aio)
    aio.until(lambda: ids(models) == ["mine", "other", "small"])
    model = small.services.library.find("mine")
    assert model.is_reference is not copy
    assert ("stays where it lies" in said(models)) is not copy
    card.copy.click()
    card.dialog.fileSelected.emit(str(tmp_path))
    card.dialog.close()
    finish(small, aio)
    assert "There is no model in" in said(models)


def test_a_package_is_brought_in(
    models: Any, card: LibraryCard, small: Desk, aio: Async, tmp_path: Path
) -> None:
    file = tmp_path / "small.tacit-model"
    small.services.models.export("small", file)
    small.services.models.remove("small")
    card.file.click()
    card.dialog.fileSelected.emit(str(file))
    card.dialog.close()
    finish(small, aio)
    aio.until(lambda: ids(models) == ["other", "small"])
    assert small.services.library.find("small").verified == "yes"
    file.write_bytes(file.read_bytes()[:-50])
    card.file.click()
    card.dialog.fileSelected.emit(str(file))
    card.dialog.close()
    finish(small, aio)
    assert small.services.library.scan()[-1].id == "small"
    assert said(models).count(".") >= 2, "what happened, and what to do"


def test_all_models_move_to_another_place(
    models: Any, card: LibraryCard, small: Desk, aio: Async, tmp_path: Path
) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    (disk / "holiday.jpg").write_bytes(b"jpg")
    old = small.services.library.main
    card.move_all.click()
    card.dialog.fileSelected.emit(str(disk))
    card.dialog.close()
    finish(small, aio)
    # Not among the photographs.
    assert small.services.library.main == disk / "tacit-models"
    assert "were moved" in said(models)
    aio.until(lambda: str(disk / "tacit-models") in texts(card))
    assert not (old / "small").exists()
    assert [m.id for m in small.services.library.scan() if m.problem is None] == ["other", "small"]
    assert target_in(tmp_path / "new") == tmp_path / "new"


def test_further_folders_come_and_go(
    models: Any, card: LibraryCard, small: Desk, aio: Async, tmp_path: Path
) -> None:
    make_verified(tmp_path / "more" / "third", weights=b"t" * 50)
    card.further.click()
    card.dialog.fileSelected.emit(str(tmp_path / "more"))
    card.dialog.close()
    finish(small, aio)
    aio.until(lambda: ids(models) == ["other", "small", "third"])
    assert small.services.library.folders[1:] == (tmp_path / "more",)
    small.assembly.tools.library.forget_folder(tmp_path / "more")
    finish(small, aio)
    aio.until(lambda: ids(models) == ["other", "small"])
    assert (tmp_path / "more" / "third").is_dir()
    small.assembly.tools.library.look_in(Path(f"{tmp_path}/a:b"))
    finish(small, aio)
    assert "in its name" in said(models)
