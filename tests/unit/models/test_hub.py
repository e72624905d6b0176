"""The hub as the real library asks it, through the gateway: what it lists, and what it refuses."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.core.cancel import CancelToken
from app.core.errors import AppError, ErrorCode
from app.models import hub_verbs
from app.models.listing import (
    LIST_VARIANTS,
    SEARCH_MODELS,
    FoundModels,
    Gate,
    Listing,
    ListVariants,
    SearchModels,
)
from app.network.fake import FakeCourier
from app.network.journal.reader import Journal
from app.network.policy import Policy
from tests.fakes.hub import STRANGER, TOKEN, FakeHub, in_folder, small_model
from tests.fakes.web import Fault

CPU, CUDA = "cpu_and_mobile/cpu-int4-rtn-block-32-acc-level-4", "cuda/cuda-fp16"
NAME = "microsoft/Tiny-onnx"


@pytest.fixture
def hub() -> Iterator[FakeHub]:
    with FakeHub() as made:
        yield made


@pytest.fixture
def courier(tmp_path: Path, hub: FakeHub) -> Iterator[FakeCourier]:
    policy = Policy(journal=str(tmp_path / "journal"), hub=hub.address, endpoints=hub.endpoints)
    made = FakeCourier(hub_verbs.handlers(), policy)
    yield made
    made.end()


def listing(courier: FakeCourier, repository: str = NAME, **more: str) -> Listing:
    arguments = ListVariants(repository=repository, allowed_by="a test", **more)
    return courier.run(LIST_VARIANTS, arguments, CancelToken())


def search(courier: FakeCourier, query: str, cancel: CancelToken | None = None) -> FoundModels:
    arguments = SearchModels(query=query, allowed_by="a test")
    return courier.run(SEARCH_MODELS, arguments, cancel or CancelToken())


def refusal(courier: FakeCourier, repository: str = NAME, **more: str) -> AppError:
    with pytest.raises(AppError) as raised:
        listing(courier, repository, **more)
    return raised.value


def test_the_variants_of_a_repository_are_told_apart(hub: FakeHub, courier: FakeCourier) -> None:
    files = {"LICENSE": b"MIT", **in_folder(CPU, small_model()), **in_folder(CUDA, small_model(5))}
    made = hub.add(NAME, files, licence="mit")
    found = listing(courier)
    assert (found.repository, found.commit) == (NAME, made.commit)
    assert (found.licence, found.gate) == ("mit", Gate.OPEN)
    assert [(v.folder, v.device, v.quantization) for v in found.variants] == [
        (CPU, "cpu", "int4"),
        (CUDA, "cuda", "fp16"),
    ]
    cpu = {file.path: file for file in found.variants[0].files}
    assert set(cpu) == {"LICENSE", *in_folder(CPU, small_model())}
    large, little = cpu[f"{CPU}/model.onnx.data"], cpu[f"{CPU}/tokenizer.json"]
    assert (large.size, len(large.sha256), large.git_sha1) == (300_000, 64, "")
    assert (len(little.git_sha1), little.sha256) == (40, "")


def test_a_search_finds_what_holds_models_for_this_runtime(
    hub: FakeHub, courier: FakeCourier
) -> None:
    hub.add(NAME, in_folder(CPU, small_model()), downloads=5)
    hub.add("someone/tiny-gguf", {"tiny.gguf": b"x"})
    hub.add("other/tiny", {**small_model()}, downloads=7, gated="manual")
    found = search(courier, "tiny").repositories
    assert [(r.repository, r.folders, r.gate) for r in found] == [
        ("other/tiny", ("",), Gate.MANUAL),
        (NAME, (CPU,), Gate.OPEN),
    ]
    assert found[0].updated.startswith("2026-09-01")


def test_names_that_lead_elsewhere_make_no_variant(hub: FakeHub, courier: FakeCourier) -> None:
    evil = {"../../evil/genai_config.json": b"{}", "../../evil/model.onnx": b"x"}
    hub.add(
        NAME, {**in_folder("good", small_model()), **evil, "good/run.py": b"", "good/x.so": b""}
    )
    (variant,) = listing(courier).variants
    assert {file.path for file in variant.files} == set(in_folder("good", small_model()))


@pytest.mark.parametrize(
    ("revision", "code", "words"),
    [
        ("no-such", ErrorCode.MODEL_MISSING, 'no revision "no-such"'),
        ("../x", ErrorCode.MODEL_MISSING, "no revision"),
    ],
)
def test_a_revision_that_is_not_there(
    hub: FakeHub, courier: FakeCourier, revision: str, code: ErrorCode, words: str
) -> None:
    hub.add(NAME, small_model())
    error = refusal(courier, revision=revision)
    assert error.code is code
    assert words in error.what


def test_a_repository_that_is_not_there(courier: FakeCourier) -> None:
    error = refusal(courier, "nobody/nothing")
    assert error.code is ErrorCode.MODEL_MISSING
    assert "nobody/nothing" in error.what


def test_a_wrong_token_is_called_so(hub: FakeHub, courier: FakeCourier) -> None:
    hub.add(NAME, small_model())
    error = refusal(courier, token="hf_wrong")
    assert error.code is ErrorCode.ACCESS_REFUSED
    assert "does not know this token" in error.what
    assert "hf_wrong" not in repr(error)


def test_a_token_with_a_line_break_is_not_quoted(hub: FakeHub, courier: FakeCourier) -> None:
    hub.add(NAME, small_model())
    error = refusal(courier, token="hf_secret\n")
    assert "hf_secret" not in repr(error)
    assert hub.hub.requests == []


def test_only_a_given_token_is_sent(
    hub: FakeHub, courier: FakeCourier, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_TOKEN", STRANGER)
    hub.add(NAME, small_model(), gated="auto")
    assert listing(courier).gate is Gate.AUTOMATIC
    assert "authorization" not in hub.hub.requests[-1].headers
    listing(courier, token=TOKEN)
    assert hub.hub.requests[-1].headers["authorization"] == f"Bearer {TOKEN}"


def test_nothing_about_this_computer_is_sent(hub: FakeHub, courier: FakeCourier) -> None:
    hub.add(NAME, small_model())
    listing(courier)
    sent = hub.hub.requests[-1].headers
    assert sent["user-agent"] == "tacit"
    assert set(sent) <= {"host", "user-agent", "accept", "accept-encoding", "connection"}


def test_a_busy_hub_is_asked_again(hub: FakeHub, courier: FakeCourier) -> None:
    hub.add(NAME, small_model())
    hub.api.extend(
        [
            Fault(status=429, headers=("Retry-After: 0",)),
            Fault(status=503, headers=("Retry-After: 0",)),
        ]
    )
    assert listing(courier).variants
    assert len(hub.hub.requests) == 3


def test_a_hub_that_stays_busy_is_called_so(hub: FakeHub, courier: FakeCourier) -> None:
    hub.api.append(Fault(status=429, headers=("Retry-After: 9000",)))
    error = refusal(courier)
    assert error.code is ErrorCode.CONNECTION_FAILED
    assert "busy" in error.what


@pytest.mark.parametrize(
    "head",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n<html",
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]",
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}",
        b'HTTP/1.1 200 OK\r\nContent-Length: 23\r\n\r\n{"id":"a/b","sha":"/.."}',
    ],
)
def test_nonsense_is_called_so(hub: FakeHub, courier: FakeCourier, head: bytes) -> None:
    hub.api.append(Fault(head=head))
    assert refusal(courier).code is ErrorCode.CONNECTION_FAILED


def test_it_can_be_stopped_while_the_hub_is_silent(hub: FakeHub, courier: FakeCourier) -> None:
    hub.api.append(Fault(stall_after=0))
    cancel = CancelToken()
    courier.on_change(cancel.cancel)  # as soon as the gateway opens
    with pytest.raises(AppError) as raised:
        search(courier, "tiny", cancel)
    assert raised.value.code is ErrorCode.CANCELLED


def test_every_connection_is_in_the_journal_and_the_native_downloader_is_not_there(
    tmp_path: Path, hub: FakeHub, courier: FakeCourier
) -> None:
    hub.add(NAME, small_model())
    listing(courier)
    search(courier, "tiny")
    records = list(Journal(tmp_path / "journal").records())
    assert [r.purpose for r in records] == ["model-list", "model-list"]
    assert sum(r.received_bytes for r in records) == sum(s.sent for s in hub.hub.requests)
    assert sys.modules["hf_xet"] is None
