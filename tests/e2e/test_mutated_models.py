"""Files with random damage: the host answers or says why, and never takes anything with it.

TACIT_MUTATIONS says how many folders are tried (1,000 in 10 to 20 minutes); the seed is fixed,
so that the same ones are tried each time:

    TACIT_MUTATIONS=1000 python -m pytest tests/e2e/test_mutated_models.py -s
"""

from __future__ import annotations

import os
import random
import shutil
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.core.errors import ErrorCode
from app.core.events import Done, Event, Failed
from app.core.handoff import CancelToken
from app.core.messages import GenerationParameters, Message, Role
from app.engine.client import EngineClient
from app.engine.jobs import GenerateJob
from tests.e2e.hostile_folders import linked, write

MUTATIONS = int(os.environ.get("TACIT_MUTATIONS", "80"))
SEED = 20261125
LONGEST_S = 60.0
# Damage is done where it is read: the head of the graph describes all of it.
FILES = {
    "model.onnx": 20_000,
    "tokenizer.json": 3_000_000,
    "tokenizer_config.json": 10_000,
    "genai_config.json": 10_000,
    "chat_template.jinja": 10_000,
}
WORDS = [b"0", b"-1", b"9999999999", b'"', b"{", b"}", b"[", b"null", b"1e999", b"{{", b"%}", b"\0"]


def flip(data: bytearray, dice: random.Random, head: int) -> None:
    for _ in range(dice.choice((1, 4, 32))):
        data[dice.randrange(head)] ^= 1 << dice.randrange(8)


def overwrite(data: bytearray, dice: random.Random, head: int) -> None:
    at = dice.randrange(head)
    data[at : at + dice.randrange(1, 64)] = dice.randbytes(dice.randrange(64))


def insert(data: bytearray, dice: random.Random, head: int) -> None:
    at = dice.randrange(head)
    data[at:at] = dice.choice(WORDS) * dice.choice((1, 1, 1, 50))


def remove(data: bytearray, dice: random.Random, head: int) -> None:
    at = dice.randrange(head)
    del data[at : at + dice.randrange(1, 200)]


def repeat(data: bytearray, dice: random.Random, head: int) -> None:
    at = dice.randrange(head)
    part = data[at : at + dice.randrange(1, 400)]
    data[at:at] = part * dice.choice((1, 2, 100))


def shorten(data: bytearray, dice: random.Random, head: int) -> None:
    del data[dice.randrange(head) :]


KINDS: list[Callable[[bytearray, random.Random, int], None]] = [
    flip,
    overwrite,
    insert,
    remove,
    repeat,
    shorten,
]


@pytest.fixture
def client(tmp_path: Path) -> Iterator[EngineClient]:
    client = EngineClient(run_dir=tmp_path / "run")
    yield client
    client.close()


def ask(client: EngineClient, folder: Path, name: str) -> Event:
    job = GenerateJob(
        model_folder=str(folder),
        model_id=name,
        device="cpu",
        messages=(Message(Role.USER, "What is my secret?"),),
        parameters=GenerationParameters(temperature=0, max_tokens=2),
        context_limit=512,
    )
    return list(client.generate(job, CancelToken()))[-1]


def mutate(template: Path, folder: Path, dice: random.Random) -> str:
    """A folder with one damaged file; returns what was done to which."""
    linked(template, folder)
    name = dice.choice(list(FILES))
    data = bytearray((folder / name).read_bytes())
    kind = dice.choice(KINDS)
    kind(data, dice, min(len(data), FILES[name]))
    write(folder, name, bytes(data))
    return f"{kind.__name__} {name}"


@pytest.mark.skipif(sys.platform != "linux", reason="links the weights")
def test_damaged_files_are_sentences(
    client: EngineClient, model_template: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    met: Counter[str] = Counter()
    slowest = 0.0
    for number in range(MUTATIONS):
        folder = tmp_path / f"model-{number}"
        done = mutate(model_template, folder, random.Random(SEED + number))
        began = time.monotonic()
        last = ask(client, folder, f"mutation-{number}")
        took = time.monotonic() - began
        slowest = max(slowest, took)
        assert took < LONGEST_S, f"mutation {number}: {done}"
        assert sorted(folder.iterdir()) == sorted(
            folder / file.name for file in model_template.iterdir()
        ), f"mutation {number}: {done} wrote into the folder"
        if isinstance(last, Failed):
            assert "secret" not in last.error.sentence, f"mutation {number}: {done}"
            assert str(tmp_path) not in last.error.sentence, f"mutation {number}: {done}"
            assert last.error.code is not ErrorCode.UNKNOWN, f"mutation {number}: {done}"
            met[str(last.error.code)] += 1
        else:
            assert isinstance(last, Done), f"mutation {number}: {done}"
            met["answered"] += 1
        shutil.rmtree(folder)
    assert isinstance(ask(client, model_template, "good"), Done)
    with capsys.disabled():
        sys.stdout.write(f"\n{MUTATIONS} mutations, slowest {slowest:.1f} s: {dict(met)}\n")
