"""A stand-in for `ModelSession` that does what the last message tells it, and a host around it.

Run as a program it is an engine host: `python scripted_session.py`.
"""

from __future__ import annotations

import ctypes
import os
import signal
import time
from collections.abc import Callable, Iterator

from app.core.errors import AppError, ErrorCode
from app.core.events import (
    Cancelled,
    ContextUse,
    Done,
    Event,
    Failed,
    FinishReason,
    Loading,
    Notice,
    Progress,
    ReasoningDelta,
    Started,
    TextDelta,
    Usage,
)
from app.engine import host
from app.engine.jobs import GenerateJob, LoadedModel

MODEL_ID = "scripted"


class ScriptedSession:
    """Loads unless the folder is loaded, then obeys `job.messages[-1].text`.

    A model id that begins with "load-" does that word while it loads: "load-crash". One that
    begins with "graphics-" does it unless it is loaded on the processor.
    """

    def __init__(self, on_loaded: Callable[[LoadedModel], None]) -> None:
        self._on_loaded = on_loaded
        self._folder = ""

    def run(self, job: GenerateJob, stop: Callable[[], bool]) -> Iterator[Event]:
        if self._folder != job.model_folder:
            graphics = job.model_id.startswith("graphics-") and job.device != "cpu"
            yield Loading(model=job.model_id, device="dml" if graphics else "cpu")
            if graphics:
                yield from act(job.model_id.removeprefix("graphics-"), stop)
            if job.model_id.startswith("load-"):
                yield from act(job.model_id.removeprefix("load-"), stop)
            if job.model_id.startswith("broken"):
                yield Failed(AppError("It is broken.", "Mend it.", code=ErrorCode.MODEL_BROKEN))
                return
            self._folder = job.model_folder
            self._on_loaded(
                LoadedModel(
                    model_id=job.model_id,
                    folder=job.model_folder,
                    device="cpu",
                    device_note="" if job.device in {"auto", "cpu"} else "There is no such device.",
                    context_limit=job.context_limit or 4096,
                    load_s=0.25,
                    rss_bytes=1,
                )
            )
        text = job.messages[-1].text
        yield Started(
            provider="onnx",
            model=job.model_id,
            device="cpu",
            context=ContextUse(limit=4096, prompt_tokens=len(job.messages)),
        )
        yield Progress(read=1, total=1)
        if text == "forget":
            return
        for event in act(text, stop):
            yield event
            if isinstance(event, Cancelled):
                return
        yield Usage(
            prompt_tokens=1,
            cached_tokens=0,
            completion_tokens=1,
            load_s=0,
            first_token_s=0.01,
            decode_tokens_per_s=100,
        )
        yield Done(FinishReason.STOP)


def act(text: str, stop: Callable[[], bool]) -> Iterator[Event]:
    """Whatever `text` asks for, and the text itself as an answer where it asks for nothing."""
    word, _, rest = text.partition(" ")
    match word:
        case "count":
            for number in range(int(rest)):
                yield TextDelta(f"{number} ")
                if stop():
                    yield Cancelled()
                    return
        case "forever":
            while not stop():
                yield TextDelta("more ")
                time.sleep(0.01)
            yield Cancelled()
        case "think":
            yield ReasoningDelta("Let me see.")
            yield TextDelta("Seen.")
            yield Notice(sentence="That was easy.")
        case "crash":
            yield TextDelta("before the crash")
            os.abort()
        case "killed":
            yield TextDelta("before the end")
            os.kill(os.getpid(), signal.SIGKILL)
        case "starve":
            os.write(2, b"terminate called after throwing an instance of 'std::bad_alloc'")
            os.abort()
        case "hang":  # native code that holds the interpreter lock, as the real one does
            yield TextDelta("before the hang")
            ctypes.PyDLL(None).sleep(600)
        case "print":  # as native libraries do, past Python
            os.write(1, b"loading kernels...\n" * 100)
            yield TextDelta("printed")
        case "chatter":
            os.write(2, b"x" * 1_000_000)
            yield TextDelta("chattered")
        case "raise":
            yield TextDelta("before the fault")
            raise ValueError("a secret word of the conversation")
        case "environment":
            yield TextDelta(" ".join(sorted(os.environ)))
        case _:
            yield TextDelta(text)


if __name__ == "__main__":
    host.main(ScriptedSession)
