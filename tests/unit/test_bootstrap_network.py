"""The composition root and the network: the courier is told, the journal read, pip kept away."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app import bootstrap, local_models
from app import courier as courier_of
from app.core.cancel import CancelToken
from app.core.egress import Purpose
from app.core.errors import AppError, ErrorCode
from app.network.fake import FakeCourier
from app.network.journal.writer import JournalWriter
from app.network.policy import Policy, ProxyMode
from app.network.verb import Handler, Nothing, VerbContext
from app.network.verbs.starter import BUILD_STARTER, BuildProgress, BuildStarter
from app.paths import Paths
from app.settings.secrets import Secrets
from app.settings.settings import Settings
from tests.fakes import certificates
from tests.fakes.keyring import FakeKeyring

Told = list[tuple[str, float | None]]


@pytest.fixture
def paths(private_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Paths:
    builder = tmp_path / "build.py"
    builder.write_text("raise SystemExit('the builder was started here')")
    monkeypatch.setattr(local_models, "starter_builder", lambda: builder)
    monkeypatch.setattr(local_models, "starter_bundle", lambda: tmp_path / "no-bundle")
    made = Paths.at(private_home)
    made.create()
    return made


class Builder:
    """The verb that builds, which only writes down what it is asked for."""

    def __init__(self) -> None:
        self.asked: list[BuildStarter] = []
        self.policy = Policy()

    def __call__(self, wish: BuildStarter, context: VerbContext[BuildProgress]) -> Nothing:
        self.asked.append(wish)
        self.policy = context.policy
        context.tell(BuildProgress(label="Fetching", share=0.5))
        return Nothing()


@pytest.fixture
def builder() -> Builder:
    return Builder()


@pytest.fixture
def courier(builder: Builder) -> Iterator[FakeCourier]:
    made = FakeCourier(
        [Handler(verb=BUILD_STARTER, reach={Purpose.STARTER_MODEL: ()}, run=builder)]
    )
    yield made
    made.end()


async def test_the_courier_builds_the_starter_model(
    paths: Paths, courier: FakeCourier, builder: Builder
) -> None:
    services = bootstrap.build(paths, courier=courier)
    told: Told = []
    services.starter.install(lambda label, share: told.append((label, share)), CancelToken())
    await services.close()
    [wish] = builder.asked
    assert Path(wish.out).parent == paths.models
    assert Path(wish.cache).parent == paths.cache
    assert told == [("Fetching", 0.5)]


async def test_the_courier_is_told_what_the_settings_and_the_keyring_say(
    paths: Paths, courier: FakeCourier, builder: Builder, tmp_path: Path
) -> None:
    settings = Settings(paths.settings_file)
    company = certificates.make(tmp_path / "made").authority
    for key, value in {
        "network.proxy": "manual",
        "network.proxy_host": "proxy.test",
        "network.proxy_port": 3128,
        "network.proxy_user": "anna",
        "network.ca_file": str(company),
    }.items():
        settings.set(key, value)
    keyring = FakeKeyring(proxy="secret")
    services = bootstrap.build(
        paths, settings=settings, courier=courier, secrets=Secrets(lambda: keyring)
    )
    keeper = services.courier_policy
    assert keeper is not None
    await keeper._worker.call(lambda: None)  # behind the reading of the password
    services.starter.install(lambda _label, _share: None, CancelToken())
    await services.close()
    policy = builder.policy
    assert policy.journal == str(paths.journal)
    assert set(policy.writable) == {str(paths.models), str(paths.cache)}
    proxy = policy.proxy
    assert (proxy.mode, proxy.host, proxy.port, proxy.user) == (
        ProxyMode.MANUAL, "proxy.test", 3128, "anna",
    )  # fmt: skip
    assert policy.ca_file == str(company)
    assert proxy.password == "secret"


def test_a_sealed_process_without_a_courier_builds_nothing(paths: Paths) -> None:
    starter = local_models.starter_model(paths, None, is_sealed=True)
    with pytest.raises(AppError) as raised:
        starter.install(lambda _label, _share: None, CancelToken())
    assert raised.value.code is ErrorCode.SEALED


def test_without_a_courier_and_a_seal_the_builder_is_started_here(paths: Paths) -> None:
    with pytest.raises(AppError, match="was started here"):
        local_models.starter_model(paths).install(lambda _label, _share: None, CancelToken())


def test_a_courier_that_ended_builds_nothing(paths: Paths, courier: FakeCourier) -> None:
    courier.end()
    with pytest.raises(AppError) as raised:
        local_models.starter_model(paths, None, courier).install(
            lambda _label, _share: None, CancelToken()
        )
    assert raised.value.code is ErrorCode.SEALED


async def test_the_journal_is_a_service(paths: Paths) -> None:
    JournalWriter(paths.journal).begin(
        purpose=Purpose.LINK, host="h.test", port=443, conversation="", allowed_by="you"
    )
    services = bootstrap.build(paths)
    assert services.courier is None
    assert [record.host for record in services.journal.records()] == ["h.test"]
    assert services.journal.check().is_whole
    await services.close()


def test_a_real_courier_is_started_and_ended(paths: Paths) -> None:
    courier = courier_of.start(paths, Settings(paths.settings_file))
    assert courier.status().pid is not None
    courier.end()
    assert courier.status().pid is None
