"""The real command line and a stand-in hub with the real starter model, for tests of downloads."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.core.egress import Purpose
from app.network.journal.reader import Journal
from app.paths import Paths
from app.settings.settings import Settings
from tests.fakes.hub import FakeHub, Repository

ROOT = Path(__file__).parents[2]
NAME = "someone/SmolLM2-135M-onnx"
CPU, CUDA = "cpu_and_mobile/cpu-int4-rtn-block-32", "cuda/cuda-int4-rtn-block-32"
ID = "smollm2-135m-onnx-cpu-int4-rtn-block-32"
WEIGHTS = f"{CPU}/model.onnx.data"
PATIENCE_S = 120


@dataclass
class Person:
    """Somebody at a terminal, with a data folder of their own."""

    home: Path
    hub: FakeHub
    repository: Repository

    def prepare(self, **settings: str | int) -> None:
        """Settings that make the tests quick, and lead large files to the stand-in CDN."""
        usual: dict[str, str | int] = {
            "network.hub_files": self.hub.cdn.endpoint,
            "network.silence_s": 2,
        }
        self.home.mkdir(mode=0o700, parents=True, exist_ok=True)
        kept = Settings(Paths.at(self.home).settings_file)
        for key, value in {**usual, "network.tries": 3, **settings}.items():
            kept.set(key, value)

    @property
    def environment(self) -> dict[str, str]:
        return {
            **os.environ,
            "HF_ENDPOINT": self.hub.address,
            "PYTHONPATH": str(ROOT),
            "TACIT_HOME": str(self.home),
        }

    def command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-P", "-m", "app", *arguments]

    def tacit(self, *arguments: str, typed: str = "") -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            self.command(*arguments), cwd=ROOT, env=self.environment, input=typed,
            capture_output=True, text=True, timeout=PATIENCE_S, check=False,
        )  # fmt: skip
        assert "Traceback" not in done.stdout + done.stderr
        assert "hf_" not in done.stdout + done.stderr
        return done

    def download(self, *more: str, typed: str = "") -> subprocess.CompletedProcess[str]:
        return self.tacit("models", "download", NAME, "--variant", CPU, *more, typed=typed)

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            self.command(*arguments), cwd=ROOT, env=self.environment, text=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip

    def document(self, *arguments: str) -> dict[str, Any]:
        done = self.tacit(*arguments, "--json")
        assert done.returncode == 0, done.stderr
        plain: dict[str, Any] = json.loads(done.stdout)
        return plain

    def models(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.document("models", "list")["models"]
        return found

    @property
    def collected(self) -> Path:
        return self.home / "models" / f".{ID}.download"

    def parts(self) -> dict[str, int]:
        """Bytes that lie there of each file, whether it is finished or a part."""
        found: dict[str, int] = {}
        if self.collected.is_dir():
            for file in self.collected.iterdir():
                if not file.name.endswith((".json", ".lock", ".new")) or file.name in FINAL_JSON:
                    with contextlib.suppress(FileNotFoundError):  # it is whole by now, and renamed
                        found[file.name.removesuffix(".part")] = file.stat().st_size
        return found

    def assert_installed(self) -> None:
        """The model is there, alone, with the right bytes, and nothing else is left over."""
        self.assert_verified()
        assert json.loads((self.home / "downloads.json").read_text())["downloads"] == []

    def assert_verified(self) -> None:
        """The model is there, alone, with the right bytes."""
        [model] = self.models()
        assert (model["id"], model["verified"], model["problem"]) == (ID, "yes", None)
        for path, data in self.repository.files.items():
            if path.startswith(f"{CPU}/"):
                assert (Path(model["folder"]) / path.rpartition("/")[2]).read_bytes() == data
        assert not self.collected.exists()

    def assert_nothing_is_listed(self) -> None:
        assert self.models() == []

    def assert_journal_is_whole(self, *, is_refused: bool = False) -> None:
        """Each request that the servers saw is a record, with the bytes that went there.

        A record may stand alone: what was refused, or stopped before the server heard of it.
        Where an answer `is_refused` for what its head says, the server may have sent on.
        """
        journal = Journal(self.home / "journal")
        records = list(journal.records())
        seen = [*self.hub.hub.requests, *self.hub.cdn.requests]
        assert journal.check().is_whole
        assert not Counter(s.received for s in seen) - Counter(r.sent_bytes for r in records)
        received, sent = sum(r.received_bytes for r in records), sum(s.sent for s in seen)
        assert received <= sent
        if all(r.outcome == "done" for r in records) and not is_refused:
            assert received == sent
        assert {r.purpose for r in records} <= {Purpose.MODEL_LIST, Purpose.MODEL_DOWNLOAD}


FINAL_JSON = frozenset({"genai_config.json", "tokenizer.json", "tokenizer_config.json"})


def offer(hub: FakeHub, starter_model: Path, **more: Any) -> Repository:
    """The starter model as a repository with two variants."""
    return hub.add_folder(NAME, starter_model, CPU, CUDA, **more)
