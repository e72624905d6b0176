"""The rules file that this project began with, in the real program with the real model."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "tests" / "unit" / "router" / "example.json"
REASON = "Privacy-sensitive tasks use ONNX local models (free CPU inference)"
PATIENCE_S = 180


def tacit(*arguments: str) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [sys.executable, "-m", "app", *arguments],
        cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE_S, check=False,
    )  # fmt: skip
    assert "Traceback" not in done.stderr + done.stdout
    return done


def document(done: subprocess.CompletedProcess[str]) -> Any:
    return json.loads(done.stdout)


def test_the_example_is_imported_and_its_rule_answers_with_its_reason(
    home_with_model: Path,
) -> None:
    assert tacit("rules", "import", str(EXAMPLE)).returncode == 0
    done = tacit(
        "ask", "Say hello.", "--privacy", "high", "--local-only", "--max-tokens", "4", "--json"
    )
    assert done.returncode == 0
    answer = document(done)
    assert (answer["provider"], answer["reason"]) == ("onnx", REASON)
    assert answer["usage"]["completion_tokens"] <= 4
    assert "Xenova/Phi-3-mini-4k-instruct, which is not in the library" in done.stderr
    # The file's default is in the cloud; it is answered here all the same, and said so.
    plain = tacit("ask", "Say hello.", "--provider", "auto", "--max-tokens", "4", "--json")
    assert document(plain)["provider"] == "onnx"
    assert "until you switch them on" in plain.stderr
    refused = tacit("ask", "Say hello.", "--provider", "openrouter", "--json")
    assert refused.returncode == 1
    assert "switched off" in document(refused)["error"]["what"]


def test_why_and_redact_start_nothing_heavy_and_keep_no_word(home_with_model: Path) -> None:
    done = tacit("why", "my canary phrase", "--privacy", "high", "--json")
    assert document(done)["provider"] == "onnx"
    file = home_with_model.parent / "letter.txt"
    file.write_text("Dear Maria Schmidt, the canary phrase is me@x.org")
    redacted = tacit("redact", str(file), "--json")
    assert document(redacted)["text"] == "Dear [NAME_1], the canary phrase is [EMAIL_1]"
    for kept in home_with_model.rglob("*"):
        if kept.is_file() and "models" not in kept.parts:
            assert b"canary" not in kept.read_bytes(), kept
