"""How long a context the memory allows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from app.core.errors import AppError, ErrorCode
from app.engine import memory, model_folder
from app.engine.model_folder import ModelFolder
from tests.fakes.runtime import GENAI_CONFIG, write_model_folder

GIB = 2**30
# 32 layers with 8 heads of 128: 256 KiB a token in 32-bit values, 2 GiB for 8,192 tokens.
BIG = {**GENAI_CONFIG["model"]["decoder"], "num_hidden_layers": 32, "num_key_value_heads": 8}
BIG["head_size"] = 128


def big(tmp_path: Path, **model: Any) -> ModelFolder:
    options = {"context_length": 131_072, "decoder": BIG, **model}
    return model_folder.read(write_model_folder(tmp_path / "model", **options))


@pytest.mark.parametrize(
    ("free", "wanted", "expected"),
    [
        (16 * GIB, None, 8_192),  # the usual length, not the model's own
        (16 * GIB, 0, 8_192),
        (200 * GIB, None, 32_768),  # memory is ample
        (16 * GIB, 2_048, 2_048),
        (16 * GIB, 20_000, 20_000),
        (16 * GIB, 100_000, 32_768),  # half of what is free
        (2 * GIB, None, 4_096),
        (GIB // 10, None, memory.SMALLEST_CONTEXT),
        (1_000 * GIB, 500_000, 131_072),  # the model's own
    ],
)
def test_the_window(tmp_path: Path, free: int, wanted: int | None, expected: int) -> None:
    assert memory.window(big(tmp_path), "cpu", wanted, free) == expected


def test_other_devices_decide_for_themselves(tmp_path: Path) -> None:
    folder = big(tmp_path)
    assert memory.window(folder, "cuda", None, GIB // 10) == memory.USUAL_CONTEXT
    assert memory.window(folder, "cuda", 50_000, GIB // 10) == 50_000


def test_the_window_ends_at_the_rope_border(tmp_path: Path) -> None:
    folder = big(tmp_path, type="phi3")
    assert memory.window(folder, "cpu", None, 200 * GIB) == 4_096
    assert memory.window(folder, "cuda", 50_000, 200 * GIB) == 4_096
    assert memory.window(folder, "dml", 50_000, 200 * GIB) == 50_000


def test_a_short_model_stays_short(tmp_path: Path) -> None:
    folder = big(tmp_path, context_length=300)
    assert memory.window(folder, "cpu", None, GIB // 100) == 300


def test_a_further_cache_must_leave_most_of_the_memory(tmp_path: Path) -> None:
    folder = big(tmp_path)
    assert memory.affords_another(folder, "cpu", 8_192, 32 * GIB)
    assert not memory.affords_another(folder, "cpu", 8_192, 31 * GIB)
    assert not memory.affords_another(folder, "cuda", 8_192, 32 * GIB)


def test_a_model_larger_than_the_free_memory_is_refused_with_numbers(tmp_path: Path) -> None:
    folder = big(tmp_path)
    memory.check_room_for(folder, folder.weight_bytes)
    with pytest.raises(AppError, match="GB") as caught:
        memory.check_room_for(folder, folder.weight_bytes - 1)
    assert caught.value.code is ErrorCode.OUT_OF_MEMORY


def test_this_machine_has_memory() -> None:
    assert memory.free_bytes() > 0
    assert memory.resident_bytes() > 0


def test_without_psutil_there_is_still_a_figure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "psutil", None)
    assert memory.free_bytes() > 0
    assert memory.resident_bytes() == 0
