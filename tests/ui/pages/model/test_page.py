"""The page of one model: what it shows, and everything that is done with the model there."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel, QWidget

from app.bootstrap import build
from app.core.errors import AppError, ErrorCode
from app.core.handoff import CancelToken
from app.core.privacy import PrivacyFacts
from app.core.tasks import Tasks
from app.engine.fake import FakeEngine
from app.models.manager import ModelManager
from app.models.placement import Placement
from app.paths import Paths
from app.ui.appearance import Appearance
from app.ui.pages.model.page import OneModelPage
from app.ui.privacy.sources import PrivacySources
from app.ui.status.privacy import describe
from app.ui.window.assembly import Assembly
from app.ui.window.main_window import MainWindow
from tests.fakes.model_folders import flip, make_verified
from tests.ui.conftest import Async, Desk
from tests.ui.pages.model.conftest import finish, open_page
from tests.ui.window.test_accessibility import nameless


def words(root: QWidget) -> str:
    return " ".join(label.text() for label in root.findChildren(QLabel) if not label.isHidden())


def test_it_says_what_the_model_is(small: Desk, page: OneModelPage) -> None:
    said = words(page.summary)
    for part in ("Small", "4 kB", "llama", "cpu", "2,048 tokens", "MIT", "org/small", "c" * 40):
        assert part in said, part
    assert str(small.services.paths.models / "small") in said
    assert "Deleting it frees" in said
    assert "Not verified yet" in words(page.files)
    details = words(page.details)
    assert "temperature 0.7, top_k 40" in details
    assert "<|end|> (ends an answer)" in details
    assert "There is none" in page.details.template_words.text()
    assert nameless(page) == []


def test_measurements_are_a_history(page: OneModelPage, small: Desk, aio: Async) -> None:
    [first] = page.trials.rows
    assert first[1:] == ("CPU", "0.31 s", "62", "636 MB")
    page.trials.measure.click()
    finish(small, aio)
    aio.until(lambda: len(page.trials.rows) == 2)
    assert "100 a second on CPU" in page.bar.strip.sentence
    assert small.services.models.shelf.trials.of("small")[0].tokens_per_s == 100


def test_it_is_loaded_unloaded_and_chosen(page: OneModelPage, small: Desk, aio: Async) -> None:
    assert page.summary.unload.isHidden()
    page.summary.load.click()
    finish(small, aio)
    aio.until(lambda: "in memory" in page.summary.badges.text())
    assert page.summary.load.isHidden()
    page.summary.unload.click()
    aio.until(page.summary.unload.isHidden)
    page.summary.use.click()
    aio.until(lambda: "used for new chats" in page.summary.badges.text())
    assert small.services.settings.get("model.default") == "small"
    assert page.summary.use.isHidden()


def test_verifying_finds_a_flipped_byte(page: OneModelPage, small: Desk, aio: Async) -> None:
    page.files.verify.click()
    finish(small, aio)
    assert "Every byte of Small is what it should be" in page.bar.strip.sentence
    aio.until(lambda: page.files.verified.text().startswith("Verified on 20"))
    flip(small.services.paths.models / "small" / "model.onnx.data")
    page.files.verify.click()
    finish(small, aio)
    assert "Small is damaged: model.onnx.data" in page.bar.strip.sentence
    assert "Repair it" in page.bar.strip.sentence
    assert not page.files.repair.isHidden()
    aio.until(lambda: page.files.damaged.text().startswith("Damaged: model.onnx.data"))
    other = open_page(small, aio, "other")
    assert other.bar.strip.sentence == ""
    assert other.files.damaged.isHidden()
    flip(small.services.paths.models / "other" / "model.onnx.data")
    other.files.verify.click()
    finish(small, aio)
    assert "bring it in again" in other.bar.strip.sentence  # nothing says where it came from


def test_a_long_job_shows_how_far_it_is_and_can_be_stopped(
    page: OneModelPage, small: Desk, aio: Async, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slow(_self: ModelManager, _id: str, tell: Any, cancel: CancelToken) -> None:
        tell("Checking model.onnx", 0.4)
        cancel.wait(20)
        raise STOPPED

    monkeypatch.setattr(ModelManager, "verify", slow)
    work = small.assembly.tools.work
    page.files.verify.click()
    aio.until(lambda: page.bar.progress.value() == 400)
    assert page.bar.what.text() == "Checking model.onnx"
    assert page.bar.title.text() == "Verifying Small"
    # The other jobs wait for their turn, and say for what.
    page.trials.measure.click()
    assert "Something else is under way: Verifying Small" in page.bar.strip.sentence
    assert work.title == "Verifying Small"
    page.bar.cancel.click()
    finish(small, aio)
    assert page.bar.strip.sentence == "It was stopped."
    assert page.bar.running.isHidden()


STOPPED = AppError("It was stopped.", code=ErrorCode.CANCELLED)


def test_it_gets_another_name(page: OneModelPage, small: Desk, aio: Async) -> None:
    page.summary.rename.click()
    page.question.edit.setText("Little one")
    page.question.rename.click()
    finish(small, aio)
    aio.until(lambda: page.summary.name.text() == "Little one")
    page.summary.rename.click()
    page.question.edit.setText("x\u202ey")
    page.question.rename.click()
    finish(small, aio)
    assert "all of which can be seen" in page.bar.strip.sentence


def test_deleting_asks_first_and_says_what_it_frees(
    page: OneModelPage, small: Desk, aio: Async
) -> None:
    folder = small.services.paths.models / "small"
    page.files.delete.click()
    assert "frees 4 kB" in words(page.asked)
    assert "org/small" in words(page.asked)
    assert nameless(page.asked) == []
    page.asked.keep.click()
    assert folder.is_dir()
    page.files.delete.click()
    page.asked.delete.click()
    finish(small, aio)
    assert not folder.exists()
    assert small.window.page == "models"
    aio.until(lambda: [m.id for m in small.parts.models.found] == ["other"])


def test_a_model_in_memory_is_unloaded_before_it_is_deleted(
    page: OneModelPage, small: Desk, aio: Async
) -> None:
    page.summary.load.click()
    finish(small, aio)
    small.assembly.tools.model.remove()
    finish(small, aio)
    assert small.services.engine_status().model_id == ""


def test_it_is_exported_as_one_file(
    page: OneModelPage, small: Desk, aio: Async, tmp_path: Path
) -> None:
    page.files.export.click()
    page.dialog.fileSelected.emit(str(tmp_path / "small.tacit-model"))
    finish(small, aio)
    page.dialog.close()
    assert (tmp_path / "small.tacit-model").is_file()
    assert "small.tacit-model" in page.bar.strip.sentence


def test_a_model_that_disappears_takes_its_page_away(
    page: OneModelPage, small: Desk, aio: Async
) -> None:
    small.services.models.remove("small")
    small.parts.models.refresh()
    aio.until(lambda: small.window.page == "models")


def test_another_model_takes_the_place(page: OneModelPage, small: Desk, aio: Async) -> None:
    other = open_page(small, aio, "other")
    assert other is page
    assert page.summary.name.text() == "Other"
    assert "not from the hub" in words(page.summary)
    assert page.files.look_newer.isHidden()
    assert page.files.repair.isHidden()


def test_the_template_unfolds_and_the_path_is_copied(page: OneModelPage, small: Desk) -> None:
    page.summary.copy.click()
    assert QGuiApplication.clipboard().text().endswith("small")
    assert page.details.template.isHidden()
    page.details._toggle()
    assert not page.details.template.isHidden()


def test_without_a_courier_no_folder_can_be_opened(page: OneModelPage) -> None:
    assert page.summary.folder.isHidden()


def test_closing_the_window_ends_a_job(
    page: OneModelPage, small: Desk, aio: Async, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[bool] = []

    def slow(_self: ModelManager, _id: str, _tell: Any, cancel: CancelToken) -> None:
        begun.append(True)
        cancel.wait(20)
        raise STOPPED

    monkeypatch.setattr(ModelManager, "verify", slow)
    page.files.verify.click()
    aio.until(lambda: bool(begun))
    # The fixture closes the window now, and fails where a task or a thread is left.


def test_a_private_session_changes_no_model(
    paths: Paths, aio: Async, engine: FakeEngine, tasks: Tasks, look: Appearance
) -> None:
    make_verified(paths.models / "small", name="Small")
    services = build(paths.for_private_session(), engine=engine)
    window = MainWindow(look, describe(PrivacyFacts()))
    assembly = Assembly(window, services, PrivacySources(), lambda _error: None)
    tools = assembly.tools
    said: list[AppError] = []
    tools.work.failed.connect(said.append)
    aio.run(assembly.parts.models.look())
    tools.model.open("small")
    before = {file: file.stat().st_mtime_ns for file in paths.root.rglob("*")}
    for change in (tools.model.verify, tools.model.remove, tools.model.try_it):
        change()
    tools.model.place(Placement(device="cpu"))
    tools.model.rename("x")
    assert {error.code for error in said} == {ErrorCode.USAGE}
    assert len(said) == 5
    tools.model.load()
    aio.until(lambda: not tools.work.is_running)
    assert engine.jobs
    aio.run(assembly.close(""))
    window.close_for_good()
    window.deleteLater()
    after = {file: file.stat().st_mtime_ns for file in paths.root.rglob("*")}
    assert after == before
