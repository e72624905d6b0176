"""Model folders that are broken in one way each: always a sentence, never a word of the prompt."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.core.errors import ErrorCode
from app.core.events import Done, Failed, Notice
from app.core.messages import Message, Role
from app.engine.generation import ModelSession
from tests.e2e.engine_talk import run, text_of, usage_of, user

# Each breaks a copy of the starter model in one way.


def rewrite(name: str, change: Callable[[Any], object]) -> Callable[[Path], object]:
    def apply(folder: Path) -> None:
        file = folder / name
        content = json.loads(file.read_text(encoding="utf-8"))
        change(content)
        file.write_text(json.dumps(content), encoding="utf-8")

    return apply


def cut(name: str) -> Callable[[Path], object]:
    def apply(folder: Path) -> None:
        content = (folder / name).read_bytes()
        (folder / name).unlink()  # the weights are linked: the original must stay whole
        (folder / name).write_bytes(content[: len(content) // 2])

    return apply


def rewritten(name: str, content: str) -> Callable[[Path], object]:
    return lambda folder: (folder / name).write_text(content, encoding="utf-8")


def remove(*names: str) -> Callable[[Path], object]:
    def apply(folder: Path) -> None:
        for name in names:
            (folder / name).unlink()

    return apply


def config(section: str, **values: Any) -> Callable[[Path], object]:
    def change(content: Any) -> None:
        model = content["model"]
        (model["decoder"] if section == "decoder" else model).update(values)

    return rewrite("genai_config.json", change)


BROKEN = {
    "no config": (remove("genai_config.json"), ErrorCode.MODEL_BROKEN),
    "empty config": (rewritten("genai_config.json", ""), ErrorCode.MODEL_BROKEN),
    "wrong config": (rewritten("genai_config.json", "[1]"), ErrorCode.MODEL_BROKEN),
    "no graph": (remove("model.onnx"), ErrorCode.MODEL_BROKEN),
    "damaged graph": (cut("model.onnx"), ErrorCode.MODEL_BROKEN),
    "no weights": (remove("model.onnx.data"), ErrorCode.MODEL_BROKEN),
    "half the weights": (cut("model.onnx.data"), ErrorCode.MODEL_BROKEN),
    "no tokenizer": (remove("tokenizer.json"), ErrorCode.MODEL_BROKEN),
    "no tokenizer settings": (remove("tokenizer_config.json"), ErrorCode.MODEL_BROKEN),
    "half a tokenizer": (cut("tokenizer.json"), ErrorCode.MODEL_BROKEN),
    "empty tokenizer": (rewritten("tokenizer.json", ""), ErrorCode.MODEL_BROKEN),
    "unknown type": (config("model", type="nosuch"), ErrorCode.MODEL_UNSUPPORTED),
    "wrong vocabulary": (config("model", vocab_size=60_000), ErrorCode.MODEL_BROKEN),
    "unknown input": (
        config("decoder", inputs={"input_ids": "nope"}),
        ErrorCode.MODEL_BROKEN,
    ),
    "no template": (remove("chat_template.jinja"), ErrorCode.TEMPLATE_UNUSABLE),
    "damaged template": (
        rewritten("chat_template.jinja", "{% for %}"),
        ErrorCode.TEMPLATE_UNUSABLE,
    ),
    "template that refuses": (
        rewritten("chat_template.jinja", "{{ raise_exception(messages[0].content) }}"),
        ErrorCode.TEMPLATE_UNUSABLE,
    ),
}


def copy_of(model_template: Path, folder: Path) -> Path:
    """A copy whose small files may be changed; the weights are linked."""
    shutil.copytree(model_template, folder, ignore=shutil.ignore_patterns("*.data"))
    os.link(model_template / "model.onnx.data", folder / "model.onnx.data")
    return folder


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_folder_is_a_sentence(model_template: Path, tmp_path: Path, name: str) -> None:
    break_it, code = BROKEN[name]
    folder = copy_of(model_template, tmp_path / "model")
    break_it(folder)
    session = ModelSession(lambda _loaded: None)
    events = run(session, folder, user("my secret"), max_tokens=4)
    session.unload()
    failed = events[-1]
    assert isinstance(failed, Failed)
    assert failed.error.code is code
    assert "secret" not in failed.error.sentence
    assert str(folder) not in failed.error.sentence


SYSTEM_REFUSED = (
    "{% for m in messages %}{% if m['role'] == 'system' %}"
    "{{ raise_exception('System role not supported') }}{% endif %}"
    "{{ '<|im_start|>' + m['role'] + '\n' + m['content'] + '<|im_end|>\n' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n<think>\n' }}{% endif %}"
)


def test_a_template_that_refuses_system_messages_and_opens_reasoning(
    model_template: Path, tmp_path: Path
) -> None:
    folder = copy_of(model_template, tmp_path / "model")
    (folder / "chat_template.jinja").write_text(SYSTEM_REFUSED, encoding="utf-8")
    session = ModelSession(lambda _loaded: None)
    messages = [Message(Role.SYSTEM, "Be kind."), *user("Hello?")]
    events = run(session, folder, messages, max_tokens=8, temperature=0.0)
    session.unload()
    assert isinstance(events[-1], Done)
    assert [e for e in events if isinstance(e, Notice) and "system" in e.sentence]
    assert text_of(events) == ""  # never closed: all of it is reasoning
    assert usage_of(events).completion_tokens == 8
