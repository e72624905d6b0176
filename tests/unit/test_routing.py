"""How routing is put together: the rules file on disk, and the switches that do not exist yet."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from app import routing
from app.core.errors import AppError
from app.models.trials import Trials
from app.paths import Paths
from app.redaction.redactor import Redactor
from app.router.rules import Rules
from app.settings.settings import Settings
from tests.fakes.model_folders import make


@pytest.fixture
def paths(private_home: Path) -> Paths:
    made = Paths.at(private_home)
    made.create()
    return made


def test_a_change_of_the_file_is_seen_and_a_wrong_one_is_told(paths: Paths) -> None:
    store = routing.rules_store(paths)
    assert store.rules() == Rules()
    store.save('{"defaultProvider": "anthropic"}')
    assert store.rules().default_provider == "anthropic"
    assert store.rules().source == "router.config.json"
    store.file.write_text('{"defaultProvider": "onnx"} ')
    assert store.rules().default_provider == "onnx"
    store.file.write_text("{")
    with pytest.raises(AppError, match="Line 1"):
        store.rules()
    store.remove()
    assert store.rules() == Rules()
    assert store.text() == ""


def test_what_is_wrong_is_never_saved(paths: Paths) -> None:
    store = routing.rules_store(paths)
    store.save("{}")
    with pytest.raises(AppError):
        store.save('{"x": 1}')
    assert store.text() == "{}"
    assert [f.name for f in paths.root.iterdir() if f.name.startswith("router")] == [
        "router.config.json"
    ]


@pytest.mark.skipif(os.name != "posix" or os.getuid() == 0, reason="root may write anywhere")
def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(AppError, match="cannot be written"):
        routing.write_file(tmp_path / "r.json", "{}")


def test_a_private_session_reads_rules_and_keeps_none(paths: Paths) -> None:
    routing.rules_store(paths).save('{"defaultProvider": "anthropic"}')
    private = routing.rules_store(paths.for_private_session())
    assert private.rules().default_provider == "anthropic"
    with pytest.raises(AppError, match="private session"):
        private.save("{}")
    with pytest.raises(AppError, match="private session"):
        private.remove()
    with pytest.raises(AppError, match="private session"):
        private.replace(private.text(), "")
    assert private.rules().default_provider == "anthropic"


def test_what_nobody_has_seen_is_not_replaced(paths: Paths) -> None:
    store = routing.rules_store(paths)
    store.replace("", "{}")
    with pytest.raises(AppError, match="changed by another program"):
        store.replace("", '{"defaultProvider": "onnx"}')
    assert store.text() == "{}"
    store.replace("{}", " \n")
    assert not store.file.exists()


def test_switches_know_the_library_and_leave_the_cloud_off(paths: Paths) -> None:
    from app.cloud import Cloud
    from app.local_models import model_library
    from app.settings.secrets import Secrets

    settings = Settings(paths.settings_file)
    make(paths.models / "small")
    library = model_library(paths, settings)
    cloud = Cloud(paths, settings, Secrets(), None)
    found = routing.switches(
        settings, lambda: library, Trials(paths.root / "t.json"), cloud, private_session=False
    )
    assert not found.cloud
    assert not found.fallback
    assert found.default_model == "small"
    assert found.models is not None
    assert set(found.models) == {"small"}


def test_the_setting_and_the_words_reach_the_redactor(paths: Paths) -> None:
    from app.core.messages import ChatRequest, Message, Role

    settings, words = Settings(paths.settings_file), routing.own_words(paths)
    words.set(["Falcon"])
    redactor: Redactor = routing.redactor(settings, words)
    request = ChatRequest(messages=(Message(Role.USER, "Falcon and Maria Schmidt"),))
    found = redactor(request, ())
    assert found is not None
    assert found.messages[0].text == "[TERM_1] and [NAME_1]"
    settings.set("routing.redact", value=False)
    assert redactor(request, ()) is None
