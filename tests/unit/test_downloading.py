"""Where models are asked for, what the courier may reach and write for that, and the token."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from app import courier, downloading
from app.core.errors import AppError, ErrorCode
from app.models.listing import HUB
from app.paths import Paths
from app.settings.secrets import Secrets
from app.settings.settings import Settings


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    made = Paths.at(tmp_path / "root")
    made.create()
    return made


@pytest.fixture
def settings(paths: Paths, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.delenv("HF_ENDPOINT", raising=False)
    return Settings(paths.settings_file)


def test_the_usual_hub_needs_no_endpoint(paths: Paths, settings: Settings) -> None:
    policy = courier.policy(paths, settings)
    assert (policy.hub, policy.endpoints) == (HUB, ())


def test_a_mirror_and_its_servers_are_named(paths: Paths, settings: Settings) -> None:
    settings.set("network.hub", "https://hub.company.example/")
    settings.set("network.hub_files", "Files.company.example other.example:8443")
    policy = courier.policy(paths, settings)
    assert policy.hub == courier.hub_address(settings) == "https://hub.company.example"
    assert policy.endpoints == (
        "hub.company.example",
        "files.company.example",
        "other.example:8443",
    )


def test_the_environment_names_a_mirror_for_a_checkout_alone(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_ENDPOINT", "https://mirror.example")
    assert courier.hub_address(settings) == "https://mirror.example"
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert courier.hub_address(settings) == HUB


@pytest.mark.parametrize("address", ["http://hub.example", "ftp://x", "hub.example", "https://"])
def test_an_address_without_encryption_is_no_hub(
    paths: Paths, settings: Settings, address: str
) -> None:
    settings.set("network.hub", address)
    with pytest.raises(AppError) as raised:
        courier.hub_address(settings)
    assert raised.value.code is ErrorCode.NOT_ALLOWED
    assert courier.policy(paths, settings).hub == HUB, "the courier starts all the same"


def test_the_courier_may_write_into_the_libraries(
    paths: Paths, settings: Settings, tmp_path: Path
) -> None:
    settings.set("model.folder", str(tmp_path / "big disk"))
    settings.set("model.further_folders", "relative")
    writable = courier.policy(paths, settings).writable
    assert writable == (str(paths.models), str(paths.cache), str(tmp_path / "big disk"))


def test_the_token_comes_from_what_keeps_secrets() -> None:
    secrets = Secrets(lambda: None)
    with pytest.raises(AppError):
        downloading.hub_token(secrets)
    secrets.set("huggingface", "hf_something", session_only=True)
    assert downloading.hub_token(secrets) == "hf_something"
