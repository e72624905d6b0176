"""The courier knows what the person has set, the proxy's password with it, at every moment."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.core.errors import ErrorCode
from app.courier_policy import CourierPolicy, tell
from app.network.fake import FakeCourier
from app.network.policy import Policy, ProxyMode, ProxySettings
from app.paths import Paths
from app.settings.keyrings import Lock
from app.settings.secrets import PROXY, Secrets
from app.settings.settings import Settings
from tests.fakes.keyring import FakeKeyring

PASSWORD = "größer als 1"


class Told(FakeCourier):
    """Notes down every policy that it is told."""

    def __init__(self) -> None:
        self.policies: list[Policy] = []
        super().__init__()

    def configure(self, policy: Policy) -> None:
        self.policies.append(policy)
        super().configure(policy)

    @property
    def proxy(self) -> ProxySettings:
        return self.policies[-1].proxy


@pytest.fixture
def paths(private_home: object) -> Paths:
    paths = Paths.find()
    paths.create()
    return paths


@pytest.fixture
def settings(paths: Paths) -> Settings:
    return Settings(paths.settings_file)


@pytest.fixture
def keyring() -> Iterator[FakeKeyring]:
    made = FakeKeyring(**{PROXY: PASSWORD})
    yield made
    made.thaw()


@pytest.fixture
def secrets(keyring: FakeKeyring) -> Secrets:
    return Secrets(lambda: keyring, deadline_s=5)


@pytest.fixture
def courier() -> Iterator[Told]:
    made = Told()
    yield made
    made.end()


@pytest.fixture
def keep(
    courier: Told, paths: Paths, settings: Settings, secrets: Secrets
) -> Iterator[Callable[[], CourierPolicy]]:
    kept: list[CourierPolicy] = []

    def make() -> CourierPolicy:
        kept.append(CourierPolicy(courier, paths, settings, secrets))
        return kept[-1]

    yield make
    for one in kept:
        one.close()
        one.close()


def use_proxy(settings: Settings, user: str = "anna") -> None:
    settings.set("network.proxy", "manual")
    settings.set("network.proxy_host", "proxy.test")
    settings.set("network.proxy_user", user)


def until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 5
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_the_password_is_read_behind_the_start(
    settings: Settings, courier: Told, keyring: FakeKeyring, keep: Callable[[], CourierPolicy]
) -> None:
    use_proxy(settings)
    keyring.freeze()
    began = time.monotonic()
    keep()
    assert time.monotonic() - began < 1
    assert (courier.proxy.mode, courier.proxy.host) == (ProxyMode.MANUAL, "proxy.test")
    assert courier.proxy.password == ""
    keyring.thaw()
    until(lambda: courier.proxy.password == PASSWORD)


def test_every_change_of_the_group_is_told_at_once(
    settings: Settings, courier: Told, keep: Callable[[], CourierPolicy]
) -> None:
    keep()
    use_proxy(settings)
    until(lambda: courier.proxy.password == PASSWORD)
    settings.set("network.proxy_port", 3128)
    assert (courier.proxy.port, courier.proxy.password) == (3128, PASSWORD)
    settings.set("network.proxy", "none")
    assert (courier.proxy.mode, courier.proxy.password) == (ProxyMode.NONE, "")
    count = len(courier.policies)
    settings.set("appearance.theme", "dark")
    assert len(courier.policies) == count


def test_downloads_may_be_written_where_the_models_moved(
    settings: Settings, courier: Told, keep: Callable[[], CourierPolicy], tmp_path: Path
) -> None:
    keep()
    for key in ("model.folder", "model.further_folders"):
        settings.set(key, str(tmp_path / key))
        assert str(tmp_path / key) in courier.policies[-1].writable


@pytest.mark.parametrize(("mode", "user"), [("system", "anna"), ("none", "anna"), ("manual", "")])
def test_a_password_that_nobody_wants_is_not_read(
    settings: Settings,
    courier: Told,
    keyring: FakeKeyring,
    keep: Callable[[], CourierPolicy],
    mode: str,
    user: str,
) -> None:
    settings.set("network.proxy", mode)
    settings.set("network.proxy_user", user)
    keyring.freeze()  # it would be noticed
    keep().close()
    assert courier.proxy.password == ""


def test_another_password_and_none_are_told(
    settings: Settings, courier: Told, secrets: Secrets, keep: Callable[[], CourierPolicy]
) -> None:
    use_proxy(settings)
    keep()
    until(lambda: courier.proxy.password == PASSWORD)
    secrets.set(PROXY, "another")
    until(lambda: courier.proxy.password == "another")
    secrets.set("anthropic", "key")
    assert courier.proxy.password == "another"
    secrets.delete(PROXY)
    assert courier.proxy.password == ""


def test_a_locked_keyring_is_read_once_the_person_unlocked_it(
    settings: Settings,
    courier: Told,
    keyring: FakeKeyring,
    secrets: Secrets,
    keep: Callable[[], CourierPolicy],
) -> None:
    use_proxy(settings)
    keyring.state = Lock.LOCKED
    keep()
    time.sleep(0.1)
    assert keyring.asked == 0, "a start asks nobody for a password"
    assert courier.proxy.password == ""
    secrets.unlock()
    until(lambda: courier.proxy.password == PASSWORD)


def test_the_end_does_not_wait_for_a_frozen_keyring(
    settings: Settings, courier: Told, keyring: FakeKeyring, keep: Callable[[], CourierPolicy]
) -> None:
    use_proxy(settings)
    keyring.freeze()
    kept = keep()
    began = time.monotonic()
    kept.close()
    assert time.monotonic() - began < 1
    count = len(courier.policies)
    keyring.thaw()
    settings.set("network.proxy_port", 3128)
    assert len(courier.policies) == count


def test_a_command_s_courier_knows_it_before_it_is_used(
    settings: Settings, courier: Told, paths: Paths, secrets: Secrets, keyring: FakeKeyring
) -> None:
    use_proxy(settings)
    assert tell(courier, paths, settings, secrets) is None
    assert courier.proxy.password == PASSWORD
    keyring.state = Lock.LOCKED
    problem = tell(courier, paths, settings, secrets)
    assert problem is not None
    assert problem.code is ErrorCode.KEYRING_LOCKED
    assert (courier.proxy.host, courier.proxy.password) == ("proxy.test", "")
    assert PASSWORD not in repr(courier.policies)
