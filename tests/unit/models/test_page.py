"""The page of a model: what its own files say about it."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from app.models import page
from app.models.page import SpecialToken
from tests.fakes.model_folders import make


def test_a_model_tells_its_template_tokens_and_defaults(tmp_path: Path) -> None:
    folder = make(tmp_path / "a")
    (folder / "chat_template.jinja").write_text("{{ messages }}")
    read = page.read(folder)
    assert read.template == "{{ messages }}"
    assert read.context_length == 2048
    assert read.special_tokens == (SpecialToken(id=2, text="<|end|>", ends_answer=True),)
    assert read.defaults == {"temperature": "0.7", "top_k": "40", "max_length": "2048"}
    assert read.need is not None
    assert read.need.memory_bytes == 3000
    assert read.need.cache_values == 2 * 1 * 8 * 2


@pytest.mark.parametrize(
    ("template", "found"),
    [
        ("{{ a }}", "{{ a }}"),
        ([{"name": "tool_use", "template": "no"}, {"name": "default", "template": "yes"}], "yes"),
        ([3], ""),
        (3, ""),
    ],
)
def test_older_models_keep_the_template_elsewhere(
    tmp_path: Path, template: object, found: str
) -> None:
    folder = make(tmp_path / "a")
    (folder / "tokenizer_config.json").write_text(json.dumps({"chat_template": template}))
    assert page.read(folder).template == found


@pytest.mark.parametrize("content", ["", "[]", '{"model": 3, "search": [1]}', "{"])
def test_a_broken_model_tells_nothing(tmp_path: Path, content: str) -> None:
    folder = make(tmp_path / "a")
    for name in ("genai_config.json", "tokenizer.json", "tokenizer_config.json"):
        (folder / name).write_text(content)
    read = page.read(folder)
    assert (read.template, read.context_length, read.special_tokens) == ("", None, ())
    assert read.defaults == {}
    assert page.read(tmp_path / "nothing").need is None


@pytest.mark.skipif(os.name != "posix", reason="there are no such pipes on Windows")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    folder = make(tmp_path / "a")
    for name in ("genai_config.json", "tokenizer.json"):
        (folder / name).unlink()
    for name in ("genai_config.json", "tokenizer.json", "chat_template.jinja", "manifest.json"):
        os.mkfifo(folder / name)
    assert page.read(folder).template == ""
