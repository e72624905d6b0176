"""The composition root: everything is wired, nothing heavy starts, everything is closed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from app import bootstrap, local_models
from app.bootstrap import Services
from app.chat.turn import AnswerStored
from app.core.errors import AppError, ErrorCode
from app.core.events import Event, Failed, TextDelta
from app.core.handoff import CancelToken
from app.core.messages import ChatRequest, Message, Role
from app.core.proof import Attempt
from app.core.status import EngineState
from app.engine.fake import FakeEngine
from app.models.verification import Verified
from app.paths import Paths
from app.settings.settings import Settings
from app.store.history import History
from app.store.values import MessageState
from tests.fakes.model_folders import flip, make, make_verified

ROOT = Path(__file__).parents[2]


@pytest.fixture
def paths(private_home: Path) -> Paths:
    made = Paths.at(private_home)
    made.create()
    return made


@pytest.fixture
def engine() -> FakeEngine:
    return FakeEngine()


@pytest.fixture
async def services(paths: Paths, engine: FakeEngine) -> AsyncIterator[Services]:
    made = bootstrap.build(paths, engine=engine)
    yield made
    await made.close()


def install(paths: Paths, name: str) -> None:
    """A folder that the library takes for a model."""
    folder = paths.models / name
    folder.mkdir()
    decoder = {"filename": "model.onnx", "num_hidden_layers": 1, "num_key_value_heads": 1}
    config = {"model": {"type": "llama", "context_length": 512, "decoder": decoder}}
    (folder / "genai_config.json").write_text(json.dumps(config))
    for file in ("model.onnx", "tokenizer.json", "tokenizer_config.json"):
        (folder / file).write_text("{}")


async def ask(services: Services, model: str = "") -> list[Event]:
    request = ChatRequest(messages=(Message(Role.USER, "Say it back."),), model=model)
    provider = services.router.route(request).provider
    return [event async for event in provider.stream(request, CancelToken())]


async def test_a_question_goes_to_the_engine_and_touches_no_history(
    services: Services, paths: Paths, engine: FakeEngine
) -> None:
    install(paths, "small")
    events = await ask(services)
    text = "".join(e.text for e in events if isinstance(e, TextDelta))
    assert text == "Say it back."
    assert engine.jobs[0].model_id == "small"
    assert engine.jobs[0].device == "auto"
    assert not list(paths.root.glob("history.db*"))


async def test_settings_reach_the_engine_at_the_next_question(
    services: Services, paths: Paths, engine: FakeEngine
) -> None:
    install(paths, "aaa")
    install(paths, "bbb")
    services.settings.set("model.default", "bbb")
    services.settings.set("model.device", "cpu")
    await ask(services)
    assert (engine.jobs[0].model_id, engine.jobs[0].device) == ("bbb", "cpu")
    await ask(services, "aaa")
    assert engine.jobs[1].model_id == "aaa"


async def test_a_preferred_model_that_has_gone_is_replaced_but_a_named_one_is_not(
    services: Services, paths: Paths, engine: FakeEngine
) -> None:
    install(paths, "small")
    services.settings.set("model.default", "gone")
    await ask(services)
    assert engine.jobs[0].model_id == "small"
    [failed] = await ask(services, "gone")
    assert isinstance(failed, Failed)
    assert failed.error.code is ErrorCode.MODEL_MISSING


async def test_a_conversation_is_stored(services: Services, paths: Paths) -> None:
    install(paths, "small")
    await services.open_history()
    turn = services.session.send(None, "Say it back.", CancelToken())
    stored = [event.message async for event in turn if isinstance(event, AnswerStored)]
    assert [message.text for message in stored] == ["Say it back."]
    await services.close()
    with_history = History(paths.history_file)
    with_history.open(read_only=True)
    [conversation] = with_history.conversations()
    states = [message.state for message in with_history.path(conversation.id)]
    with_history.close()
    assert states == [MessageState.COMPLETE] * 2


async def test_words_of_folders_are_taken_over_from_where_they_lay(
    services: Services, paths: Paths, engine: FakeEngine
) -> None:
    history = History(paths.history_file)
    history.open()
    history.folders.create("Clients")
    history.close()
    file = paths.root / "redaction-words.json"
    file.write_text('{"": ["Falcon"], "Clients": ["Eagle"], "gone": ["Kite"]}')
    private = bootstrap.build(paths.for_private_session(), engine=engine)
    await private.open_history()
    await private.close()
    assert "Eagle" in file.read_text()
    await services.open_history()
    (folder,) = await services.history.run(lambda store: store.folders.all())
    assert folder.words == ("Eagle",)
    assert json.loads(file.read_text()) == {"": ["Falcon"]}


async def test_words_that_cannot_be_read_keep_no_history_shut(
    services: Services, paths: Paths
) -> None:
    (paths.root / "redaction-words.json").write_text("{")
    await services.open_history()
    assert await services.history.run(lambda store: store.is_open)


def test_turns_are_answered_as_the_settings_say(paths: Paths) -> None:
    settings = Settings(paths.settings_file)
    settings.set("generation.temperature", 0.1)
    settings.set("generation.system_prompt", "Be brief.")
    settings.set("model.context_limit", 2000)
    options = bootstrap.turn_options(settings)
    assert options.parameters.temperature == 0.1
    assert options.system_prompt == "Be brief."
    assert options.context_limit == 2000
    settings.reset("model.context_limit")
    assert bootstrap.turn_options(settings).context_limit is None


async def test_the_idle_time_is_the_setting_in_minutes(services: Services) -> None:
    services.settings.set("model.idle_unload_minutes", 2)
    assert services.local._idle_unload_s() == 120


async def test_building_starts_no_thread_and_no_process(paths: Paths) -> None:
    before = set(threading.enumerate())
    services = bootstrap.build(paths)
    assert set(threading.enumerate()) == before
    assert services.engine_status().state is EngineState.ABSENT
    await services.close()
    assert set(threading.enumerate()) <= before


async def test_closing_ends_the_engine_even_where_the_history_fails(
    paths: Paths, engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    services = bootstrap.build(paths, engine=engine)

    def broken(_history: History) -> None:
        raise AppError("The disk is gone.")

    monkeypatch.setattr(History, "close", broken)
    with pytest.raises(AppError):
        await services.close()
    assert engine.is_closed


def test_importing_it_loads_nothing_heavy() -> None:
    code = "import sys, app.bootstrap; print('|'.join(sys.modules))"
    run = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    heavy = {"onnxruntime", "onnxruntime_genai", "numpy", "PySide6", "keyring"}
    assert not heavy & set(run.stdout.split("|"))


def test_the_processor_is_always_a_device(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.engine.devices.built_in", lambda: frozenset({"cuda"}))
    found = {device.name: device.available for device in local_models.devices()}
    assert found == {"cpu": True, "cuda": True, "dml": False, "webgpu": False}


async def test_a_proof_is_of_this_process_and_of_the_model_s(
    services: Services, paths: Paths
) -> None:
    install(paths, "small")
    more = Attempt(name="by Qt", by="Qt", part="a", expected="x", said="x", holds=True)
    proof = await services.prove("the test", [more])
    own, host = proof.processes
    assert (own.role, own.pid) == ("the test", os.getpid())
    assert more in own.attempts
    assert host.model == "small"
    assert proof.notes == ()
    # Nothing shuts this process in, and the proof says so.
    assert not proof.holds
    assert {failure.part for failure in host.failures} == set()


async def test_without_a_model_the_proof_says_that_none_was_in_memory(services: Services) -> None:
    proof = await services.prove("the test")
    assert proof.processes[1].model == ""
    assert proof.notes[0].startswith("It was tried without a model in memory: ")


async def test_a_process_that_cannot_be_asked_is_said(
    services: Services, engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise AppError("The model process ended unexpectedly.", "Try again.")

    monkeypatch.setattr(engine, "prove", fails)
    proof = await services.prove("the test")
    assert len(proof.processes) == 1
    assert "The process that runs models could not be asked." in proof.notes


async def test_a_private_session_writes_nothing(paths: Paths, engine: FakeEngine) -> None:
    install(paths, "alpha")
    before = sorted((str(p), p.stat().st_mtime_ns) for p in paths.root.rglob("*"))
    services = bootstrap.build(paths.for_private_session(), engine=engine)
    await services.open_history()
    await services.history.run(lambda history: history.create_conversation())
    services.settings.set("model.device", "cpu")
    assert [model.id for model in services.library.scan()] == ["alpha"]
    advice = services.starter.advice()
    assert advice is not None
    assert "private session" in advice.what
    await services.close()
    assert sorted((str(p), p.stat().st_mtime_ns) for p in paths.root.rglob("*")) == before


async def test_a_model_with_a_changed_byte_is_not_loaded(
    services: Services, paths: Paths, engine: FakeEngine
) -> None:
    folder = make_verified(paths.models / "small")
    assert not isinstance((await ask(services))[-1], Failed)
    [model] = services.library.scan()
    assert model.verified is Verified.YES
    assert model.last_used is not None
    flip(folder / "model.onnx")
    failed = (await ask(services))[-1]
    assert isinstance(failed, Failed)
    assert failed.error.code is ErrorCode.MODEL_BROKEN
    assert "model.onnx does not hold the bytes that it should" in failed.error.what
    assert len(engine.jobs) == 1


def test_further_folders_are_looked_through(paths: Paths, tmp_path: Path) -> None:
    settings = Settings(paths.settings_file)
    library = local_models.model_library(paths, settings)
    assert library.folders == (paths.models,)
    make(tmp_path / "one" / "a")
    make(tmp_path / "two" / "b")
    settings.set("model.folder", str(tmp_path / "one"))
    settings.set("model.further_folders", f"{tmp_path / 'two'}{os.pathsep}relative{os.pathsep}")
    assert library.main == tmp_path / "one"
    assert [model.id for model in library.scan()] == ["a", "b"]
