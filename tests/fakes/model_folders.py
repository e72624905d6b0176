"""Folders that look like models and are a few bytes large."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from app.models import manifest
from app.models.manifest import Manifest, ManifestFile
from app.models.starter import MANIFEST

CONFIG = {
    "model": {
        "type": "llama",
        "context_length": 2048,
        "eos_token_id": 2,
        "decoder": {
            "filename": "model.onnx",
            "num_hidden_layers": 2,
            "num_key_value_heads": 1,
            "head_size": 8,
            "session_options": {"provider_options": []},
        },
    },
    "search": {"temperature": 0.7, "top_k": 40, "max_length": 2048},
}

BUNDLED = {"genai_config.json": b"{}", "model.onnx": b"graph", "model.onnx.data": b"w" * 10_000}


def make(folder: Path, weights: bytes = b"w" * 1000) -> Path:
    """A folder without a manifest, as a person brings one."""
    folder.mkdir(parents=True)
    (folder / "genai_config.json").write_text(json.dumps(CONFIG))
    (folder / "model.onnx").write_bytes(weights)
    (folder / "model.onnx.data").write_bytes(weights * 2)
    (folder / "tokenizer.json").write_text(
        '{"added_tokens": [{"id": 2, "content": "<|end|>", "special": true}]}'
    )
    return folder


def listed(folder: Path, /, **texts: str) -> Manifest:
    """The manifest of what is in the folder now."""
    return Manifest(
        **texts,
        files=tuple(
            ManifestFile(
                name=file.name,
                size=file.stat().st_size,
                sha256=hashlib.sha256(file.read_bytes()).hexdigest(),
            )
            for file in sorted(folder.iterdir())
        ),
    )


def make_verified(folder: Path, /, weights: bytes = b"w" * 1000, **texts: str) -> Path:
    """A folder with its manifest, as an installation leaves one."""
    make(folder, weights)
    manifest.write(folder, listed(folder, **texts))
    return folder


def flip(file: Path, place: int = 500) -> None:
    """Change one byte, as a failing disk does; size, time and inode can stay the same."""
    with file.open("r+b") as opened:
        opened.seek(place)
        before = opened.read(1)
        opened.seek(place)
        opened.write(bytes([before[0] ^ 1]))


def make_bundle(folder: Path) -> Path:
    """What an installer brings of the starter model, in a few bytes."""
    folder.mkdir(parents=True)
    for name, data in BUNDLED.items():
        (folder / name).write_bytes(data)
    files = [
        {"name": name, "size": len(data), "sha256": hashlib.sha256(data).hexdigest()}
        for name, data in BUNDLED.items()
    ]
    (folder / MANIFEST).write_text(json.dumps({"files": files}))
    return folder
