"""A manifest is written whole, read strictly, and the starter model's is understood."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from app.models import manifest
from app.models.manifest import Manifest, ManifestFile

SHA = "a" * 64
FILE = {"name": "model.onnx", "size": 3, "sha256": SHA}


def test_what_is_written_is_read(tmp_path: Path) -> None:
    written = Manifest(
        name="Phi-4 mini",
        licence="MIT",
        repository="microsoft/Phi-4-mini-instruct-onnx",
        commit="b" * 40,
        folder="gpu/gpu-int4-rtn-block-32",
        files=(
            ManifestFile(name="model.onnx", size=3, sha256=SHA),
            ManifestFile(name="a/tokenizer.json", size=0, sha256=SHA, git_sha1="c" * 40),
        ),
    )
    assert manifest.digest(tmp_path) == ""
    manifest.write(tmp_path, written)
    assert manifest.read(tmp_path) == written
    assert len(manifest.digest(tmp_path)) == 64
    assert [file.name for file in tmp_path.iterdir()] == ["manifest.json"]
    assert written.size == 3
    assert written.weights == (SHA,)


def test_the_manifest_of_the_starter_model_is_understood() -> None:
    read = manifest.parse({"name": "SmolLM2 135M", "licence": "Apache-2.0", "files": [FILE]})
    assert read == Manifest(
        name="SmolLM2 135M",
        licence="Apache-2.0",
        files=(ManifestFile(name="model.onnx", size=3, sha256=SHA),),
    )


@pytest.mark.parametrize(
    "plain",
    [
        None, [], {}, {"files": []}, {"files": 3}, {"format": 2, "files": [FILE]},
        {"files": [FILE, 3]},
        {"files": [FILE, FILE]},
        {"files": [FILE, {**FILE, "name": "MODEL.onnx"}]},
        {"files": [{**FILE, "name": "manifest.json"}]},
        {"files": [{**FILE, "name": "../model.onnx"}]},
        {"files": [{**FILE, "name": "/model.onnx"}]},
        {"files": [{**FILE, "size": -1}]},
        {"files": [{**FILE, "size": True}]},
        {"files": [{**FILE, "sha256": "A" * 64}]},
        {"files": [{**FILE, "sha256": ""}]},
        {"files": [{**FILE, "git_sha1": "x"}]},
        {"files": [{"name": "model.onnx", "size": 3}]},
        {"files": [{**FILE, "name": f"{n}.json"} for n in range(1001)]},
    ],
)  # fmt: skip
def test_anything_else_is_no_manifest(plain: Any, tmp_path: Path) -> None:
    assert manifest.parse(plain) is None
    (tmp_path / "manifest.json").write_text(json.dumps(plain))
    assert manifest.read(tmp_path) is None


def test_a_git_identity_is_computed_as_git_does() -> None:
    digest = manifest.git_blob_sha1(6)
    digest.update(b"hello\n")
    assert digest.hexdigest() == "ce013625030ba8dba906f756967f9e9ca394464a"


def test_the_fingerprint_names_all_files_whatever_their_order(tmp_path: Path) -> None:
    files = [ManifestFile(name=name, size=1, sha256=SHA) for name in ("a.json", "model.onnx")]
    listed = f"{SHA}  a.json\n{SHA}  model.onnx\n"
    written = Manifest(name="m", files=tuple(reversed(files)))
    assert written.fingerprint == hashlib.sha256(listed.encode()).hexdigest()
    assert Manifest().fingerprint == ""
    assert manifest.fingerprint(tmp_path) == ""
    manifest.write(tmp_path, written)
    assert manifest.fingerprint(tmp_path) == written.fingerprint
