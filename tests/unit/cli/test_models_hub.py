"""The commands that download: what is meant, what is shown, and where the token comes from."""

from __future__ import annotations

import argparse
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.cli import downloads, models_hub
from app.cli.command import Context
from app.cli.downloads import _View
from app.cli.output import Console
from app.core.errors import AppError, ErrorCode
from app.logs import Logging
from app.models.downloads.values import FileProgress, Kind, Plan, Progress
from app.models.listing import Gate, ListedFile, ListedVariant, Listing
from app.paths import Paths


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


HUB = "https://huggingface.co"


@pytest.fixture
def place(private_home: Path) -> Callable[..., tuple[str, str | None]]:
    paths = Paths.at(private_home)
    paths.create()
    logging = Logging(paths.logs, keep=False)
    console = Console(io.StringIO(), io.StringIO())
    context = Context(console=console, paths=paths, as_json=False, logging=logging)

    def find(model: str, variant: str | None = None) -> tuple[str, str | None]:
        options = argparse.Namespace(model=model, variant=variant)
        where, folder = models_hub._place(options, context, HUB)
        return where.repository, folder

    return find


def test_a_model_of_the_catalogue_means_its_best_variant_for_this_computer(
    place: Callable[..., tuple[str, str | None]],
) -> None:
    repository = "microsoft/Phi-4-mini-instruct-onnx"
    cpu = "cpu_and_mobile/cpu-int4-rtn-block-32-acc-level-4"
    assert place("phi-4-mini-instruct") == (repository, cpu)
    assert place("Phi-4-Mini-Instruct", "gpu-int4") == (repository, "gpu/gpu-int4-rtn-block-32")
    assert place("phi-4-mini-instruct", "a/newer/one/") == (repository, "a/newer/one")


def test_a_repository_or_its_address_is_understood(
    place: Callable[..., tuple[str, str | None]],
) -> None:
    assert place("org/name") == ("org/name", None)
    assert place("org/name", "/cpu/x/") == ("org/name", "cpu/x")
    assert place("https://huggingface.co/org/name/tree/main/cpu/x") == ("org/name", "cpu/x")


def variant(folder: str, device: str = "cpu") -> ListedVariant:
    file = ListedFile(path=f"{folder}/model.onnx", size=5_000_000, sha256="a" * 64)
    return ListedVariant(folder=folder, device=device, quantization="int4", files=(file,))


def listing(*variants: ListedVariant) -> Listing:
    return Listing(
        repository="org/name", commit="c" * 40, licence="mit", gate=Gate.OPEN, variants=variants
    )


def test_the_only_variant_is_meant() -> None:
    only = variant("cpu")
    assert models_hub._chosen(listing(only), None) is only
    assert models_hub._chosen(listing(only, variant("cuda")), "cpu") is only


@pytest.mark.parametrize(
    ("variants", "folder", "words"),
    [
        ([], None, "holds no model for this program"),
        (["cpu", "cuda"], None, "has 2 variants: cpu (5.0 MB), cuda (5.0 MB)"),
        (["cpu"], "dml", "has no variant dml"),
        (["cpu"], "", "has no variant at its top"),
    ],
)
def test_what_is_not_clear_is_asked(variants: list[str], folder: str | None, words: str) -> None:
    with pytest.raises(AppError) as raised:
        models_hub._chosen(listing(*map(variant, variants)), folder)
    assert words in raised.value.what


def plan() -> Plan:
    return Plan(
        id="1", kind=Kind.INSTALL, model_id="name", name="Name", repository="org/name",
        commit="c" * 40, folder="cpu", licence="mit", needs_token=False, files=(),
    )  # fmt: skip


def progress(done: int, **more: Any) -> Progress:
    return Progress(files=(FileProgress(name="a", size=10_000_000, done=done),), **more)


def test_a_terminal_sees_bar_speed_and_the_time_that_is_left() -> None:
    shown = Terminal()
    view = _View(Console(io.StringIO(), shown), plan())
    view.show(progress(2_000_000))
    view.show(progress(5_000_000, bytes_per_s=1_500_000.0, remaining_s=200.0))
    last = shown.getvalue().rpartition("\r")[2]
    assert "[##########          ] 50%, 5.0 MB of 10.0 MB, 1.5 MB/s, 3 min left" in last
    assert view.received == 3_000_000


def test_a_file_gets_one_line_and_what_is_waited_for() -> None:
    shown = io.StringIO()
    view = _View(Console(io.StringIO(), shown), plan())
    view.show(progress(0))
    view.show(progress(1, note="The hub is busy (503). Next try in 5 s."))
    view.show(progress(1, note="The hub is busy (503). Next try in 5 s."))
    view.show(progress(2))
    assert shown.getvalue() == (
        "Downloading Name, 0 bytes of 10.0 MB ...\nThe hub is busy (503). Next try in 5 s.\n"
    )


def test_pausing_says_where_it_is_and_how_it_goes_on() -> None:
    view = _View(Console(io.StringIO(), io.StringIO()), plan())
    view.show(progress(4_000_000))
    error = view.paused("tacit models download org/name")
    assert error.code is ErrorCode.CANCELLED
    assert error.sentence == (
        "The download pauses at 4.0 MB of 10.0 MB; what has arrived is kept. "
        "Go on with: tacit models download org/name"
    )


@pytest.mark.parametrize(
    ("seconds", "words"), [(0.2, "1 s"), (89, "89 s"), (100, "2 min"), (7200, "2.0 h")]
)
def test_a_time_is_said_as_people_do(seconds: float, words: str) -> None:
    assert downloads._duration(seconds) == words


def test_without_being_told_no_token_is_used() -> None:
    options = argparse.Namespace(token_from_keyring=False, token_stdin=False)
    assert not downloads.has_token(options)
    assert downloads._token(options) == ""


def test_a_keyring_without_a_token_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.downloading.hub_token", lambda _secrets: "")
    options = argparse.Namespace(token_from_keyring=True, token_stdin=False)
    with pytest.raises(AppError, match="tacit keys set huggingface"):
        downloads._token(options)
