"""Host programs for tests: the scripted session in a real host process, and faulty ones."""

from __future__ import annotations

import sys
import textwrap
from pathlib import Path

from app.core.events import Event, ReasoningDelta, TextDelta
from app.core.messages import GenerationParameters, Message, Role
from app.engine.jobs import GenerateJob
from tests.fakes.scripted_session import MODEL_ID


def scripted_host() -> list[str]:
    """A real host process around `ScriptedSession`."""
    return [sys.executable, "-P", str(Path(__file__).with_name("scripted_session.py"))]


def host_of_code(code: str) -> list[str]:
    """A process that runs `code` instead of a host."""
    return [sys.executable, "-P", "-c", textwrap.dedent(code)]


def scripted_job(text: str, model: str = MODEL_ID, *, force_load: bool = False) -> GenerateJob:
    """A job that has the scripted session do what `text` says."""
    return GenerateJob(
        model_folder=f"/models/{model}",
        model_id=model,
        device="auto",
        messages=(Message(Role.USER, text),),
        parameters=GenerationParameters(temperature=0, max_tokens=24),
        force_load=force_load,
    )


def text_of(events: list[Event]) -> str:
    """What the answer says and thinks."""
    return "".join(e.text for e in events if isinstance(e, TextDelta | ReasoningDelta))
