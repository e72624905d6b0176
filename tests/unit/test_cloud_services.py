"""Which services the settings make, which of them may be asked, and what the courier is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from app import courier
from app.cloud import Cloud
from app.cloud_services import normal, service, service_names, services_on
from app.core.cloud import reference, split_reference
from app.core.errors import AppError, ErrorCode
from app.network.fake import FakeCourier
from app.paths import Paths
from app.settings.secrets import Secrets
from app.settings.settings import Settings
from tests.fakes.keyring import FakeKeyring

OWN = {"cloud.own": True, "cloud.own_address": "http://127.0.0.1:11434/v1"}


@pytest.fixture
def paths(private_home: Path) -> Paths:
    made = Paths.at(private_home)
    made.create()
    return made


@pytest.fixture
def settings(paths: Paths) -> Settings:
    return Settings(paths.settings_file)


def choose(settings: Settings, **values: object) -> None:
    for key, value in values.items():
        settings.set(f"cloud.{key}", value)


def on(settings: Settings) -> list[str]:
    return [one.name for one in services_on(settings)]


def test_nothing_may_be_asked_at_first(settings: Settings) -> None:
    assert on(settings) == []
    choose(settings, on=True)
    assert on(settings) == []
    choose(settings, anthropic=True)
    assert on(settings) == ["anthropic"]
    choose(settings, on=False)
    assert on(settings) == []


@pytest.mark.parametrize(
    ("address", "is_local"),
    [
        ("http://127.0.0.1:11434/v1", True),
        ("http://localhost:8080/v1", True),
        ("http://[::1]:8080/v1", True),
        ("https://192.168.1.7/v1", False),
        ("https://localhost.example.org/v1", False),
        ("https://127.0.0.1.example.org/v1", False),
    ],
)
def test_only_an_address_of_this_machine_is_local(
    settings: Settings, address: str, is_local: bool
) -> None:
    choose(settings, own=True, own_address=address)
    made = service(settings, "openai-compatible")
    assert made.is_local is is_local
    assert ("on this computer" in made.label) is is_local
    assert on(settings) == (["openai-compatible"] if is_local else [])


def test_a_known_provider_is_never_local(settings: Settings) -> None:
    choose(settings, anthropic=True, anthropic_address="http://127.0.0.1:9/")
    assert not service(settings, "anthropic").is_local
    assert on(settings) == []


@pytest.mark.parametrize("address", ["http://example.org/v1", "ftp://x", "nonsense", "https://a b"])
def test_an_address_without_encryption_is_refused(settings: Settings, address: str) -> None:
    choose(settings, on=True, own=True, own_address=address)
    with pytest.raises(AppError):
        service(settings, "openai-compatible")
    assert on(settings) == []


def test_further_servers_have_names_and_keys_of_their_own(settings: Settings) -> None:
    choose(settings, on=True, own=True)
    choose(settings, own_more="work=https://llm.example.org/v1 no/name=https://x junk =https://y")
    assert service_names(settings)[-1] == "openai-compatible/work"
    made = service(settings, "openai-compatible:work")
    assert (made.name, made.secret, made.model) == ("openai-compatible/work", "openai/work", "")
    assert normal("openai-compatible:work") == made.name
    with pytest.raises(AppError) as caught:
        service(settings, "openai-compatible:home")
    assert caught.value.code is ErrorCode.PROVIDER_UNAVAILABLE


def test_a_reference_names_service_and_model() -> None:
    made = reference("openai-compatible/work", "qwen:8b")
    assert split_reference(made) == ("openai-compatible/work", "qwen:8b")
    assert split_reference("smollm2-135m-instruct") == ("", "smollm2-135m-instruct")


def test_the_courier_knows_only_what_is_switched_on(settings: Settings, paths: Paths) -> None:
    assert courier.policy(paths, settings).cloud == ()
    choose(settings, on=True, anthropic=True, own=True, own_address="http://127.0.0.1:11434/v1")
    assert courier.policy(paths, settings).cloud == ("api.anthropic.com", "127.0.0.1:11434")
    choose(settings, on=False)
    assert courier.policy(paths, settings).cloud == ("127.0.0.1:11434",)


def test_a_private_session_offers_nothing(settings: Settings, paths: Paths) -> None:
    choose(settings, on=True, anthropic=True)
    secrets, way = Secrets(FakeKeyring), FakeCourier()
    try:
        assert Cloud(paths, settings, secrets, way).offered()
        assert Cloud(paths, settings, secrets, None).offered() == ()
        assert Cloud(paths.for_private_session(), settings, secrets, way).offered() == ()
        settings.set("privacy.level", "sealed")
        assert Cloud(paths, settings, secrets, way).offered() == ()
    finally:
        way.end()


def test_the_fall_back_needs_its_switch_and_a_provider_with_a_model(
    settings: Settings, paths: Paths
) -> None:
    way = FakeCourier()
    try:
        cloud = Cloud(paths, settings, Secrets(FakeKeyring), way)
        choose(settings, on=True, anthropic=True, anthropic_model="m")
        assert cloud.falls_back_to() == ""
        choose(settings, fall_back=True)
        assert cloud.falls_back_to() == "anthropic"
        with pytest.raises(AppError, match="no failure"):
            choose(settings, fall_back_on="model-missing everything")
        choose(settings, anthropic_model="")
        assert cloud.falls_back_to() == ""
        choose(settings, anthropic_model="m", on=False)
        assert cloud.falls_back_to() == ""
    finally:
        way.end()
