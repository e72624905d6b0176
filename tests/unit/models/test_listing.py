"""Addresses of repositories, and the names that the variants in them are told by."""

from __future__ import annotations

import pytest

from app.core.errors import AppError, ErrorCode
from app.models import listing
from app.models.listing import Address, ListedFile
from app.models.variants import device_in, folders, tell_apart

SHA1, SHA256 = "a" * 40, "b" * 64


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("microsoft/Phi-4", Address(repository="microsoft/Phi-4")),
        (" https://huggingface.co/microsoft/Phi-4 ", Address(repository="microsoft/Phi-4")),
        (
            "https://huggingface.co/microsoft/Phi-4/tree/main/cpu_and_mobile/cpu-int4",
            Address(
                repository="microsoft/Phi-4", revision="main", folder="cpu_and_mobile/cpu-int4"
            ),
        ),
        (
            "https://hf-mirror.example/a/b/tree/v1.0?not-for-all-audiences=true#top",
            Address(repository="a/b", revision="v1.0"),
        ),
    ],
)
def test_an_address_is_taken_apart(text: str, wanted: Address) -> None:
    assert listing.address(text, "https://hf-mirror.example") == wanted


@pytest.mark.parametrize(
    "text",
    ["", "phi", "a/b/c", "../etc", "a/..", "https://evil.example/a/b", "a b/c", "a/b/tree/../x",
     "https://huggingface.co@evil.example/a/b", "file:///a/b"],
)  # fmt: skip
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(AppError) as raised:
        listing.address(text)
    assert raised.value.code is ErrorCode.USAGE


def test_a_file_is_asked_for_by_commit_and_quoted() -> None:
    url = listing.file_url("https://hub.example/", "a/b", SHA1, "x y/mödel#1.onnx")
    assert url == f"https://hub.example/a/b/resolve/{SHA1}/x%20y/m%C3%B6del%231.onnx"


@pytest.mark.parametrize(
    ("text", "device"),
    [
        ("cpu_and_mobile/cpu-int4-rtn", "cpu"),
        ("gpu/gpu-int4-rtn-block-32", "cuda"),
        ("cuda-fp16", "cuda"),
        ("directml/directml-int4-awq", "dml"),
        ("webgpu", "webgpu"),
        ("onnx", ""),
        ("occupu", ""),
    ],
)
def test_a_device_is_read_from_a_name(text: str, device: str) -> None:
    assert device_in(text) == device


def test_a_variant_at_the_top_is_not_mixed_with_those_below() -> None:
    names = [
        "genai_config.json",
        "model.onnx",
        "cpu/genai_config.json",
        "cpu/model.onnx",
        "x/y.onnx",
    ]
    files = [ListedFile(path=name, size=5, sha256=SHA256) for name in names]
    found = {v.folder: [file.path for file in v.files] for v in tell_apart("a/b", files)}
    assert found == {"": names[:2], "cpu": names[2:4]}


@pytest.mark.parametrize(
    "weights",
    [
        [ListedFile(path="model.onnx", size=-1, sha256=SHA256)],
        [ListedFile(path="model.onnx", size=2**50, sha256=SHA256)],
        [ListedFile(path="model.onnx", size=5)],
        [ListedFile(path="model.onnx", size=5, sha256="../../x")],
        [ListedFile(path=name, size=5, sha256=SHA256) for name in ("m.onnx", "M.onnx")],
        [],
    ],
)  # fmt: skip
def test_what_could_not_be_checked_on_arrival_is_no_variant(weights: list[ListedFile]) -> None:
    config = ListedFile(path="genai_config.json", size=5, git_sha1=SHA1)
    assert tell_apart("a/b", [config, *weights]) == ()


def test_hostile_folders_hold_nothing() -> None:
    names = [
        "../genai_config.json",
        "/genai_config.json",
        "con/genai_config.json",
        "a/genai_config.json",
    ]
    assert folders(names) == ("a",)
