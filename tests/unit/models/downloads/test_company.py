"""Behind a company's proxy, with its own certificates: through both, and never around them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from app.core.cancel import CancelToken
from app.core.errors import AppError, ErrorCode
from app.models import hub_verbs
from app.network.fake import FakeCourier
from app.network.policy import Policy, ProxyMode, ProxySettings
from app.network.verbs import download
from tests.fakes import certificates
from tests.fakes.certificates import Certificates
from tests.fakes.hub import FakeHub, small_model
from tests.fakes.shelves import Home
from tests.fakes.web import Fault
from tests.fakes.web_proxy import StandInProxy
from tests.unit.models.downloads.conftest import CPU, ID, NAME, Desk

PASSWORD = "the proxy's own"
NAMES = ("hub.example.org", "cdn.example.org")


@pytest.fixture(scope="module")
def certified(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return certificates.make(tmp_path_factory.mktemp("certificates"))


@pytest.fixture
def proxy() -> Iterator[StandInProxy]:
    with StandInProxy("somebody", PASSWORD) as made:
        yield made


@pytest.fixture
def hub(certified: Certificates) -> Iterator[FakeHub]:
    with FakeHub(certified.server_context(), NAMES) as made:
        yield made


@pytest.fixture
def desk(
    tmp_path: Path, hub: FakeHub, proxy: StandInProxy, certified: Certificates
) -> Iterator[Desk]:
    home = Home(tmp_path / "root")
    policy = Policy(
        journal=str(home.root / "journal"),
        writable=(str(home.main),),
        hub=hub.address,
        endpoints=hub.endpoints,
        ca_file=str(certified.authority),
        proxy=ProxySettings(
            mode=ProxyMode.MANUAL, host="127.0.0.1", port=proxy.port, user="somebody",
            password=PASSWORD,
        ),
    )  # fmt: skip
    courier = FakeCourier([*hub_verbs.handlers(), download.handler()], policy)
    yield Desk(home, hub, courier, policy=policy)
    courier.end()


def test_a_model_comes_through_the_proxy(desk: Desk, proxy: StandInProxy) -> None:
    repository = desk.add()
    desk.hub.file(repository, f"{CPU}/model.onnx.data").faults.append(Fault(reset_after=99_999))
    desk.run(desk.plan())
    desk.assert_verified(ID, small_model())
    records = list(desk.journal().records())
    assert len(proxy.tunnels) == len(records)
    assert {t.target for t in proxy.tunnels} == set(desk.hub.endpoints)
    assert {(r.host, r.peer) for r in records} == {(name, "*.example.org") for name in NAMES}
    done = [r for r in records if r.outcome == "done"]
    assert sum(r.received_bytes for r in done) > 300_000
    files = [file for file in desk.home.root.rglob("*") if file.is_file()]
    assert not [file for file in files if PASSWORD.encode() in file.read_bytes()]


def refusal(desk: Desk) -> AppError:
    with pytest.raises(AppError) as raised:
        desk.asking.variants(NAME, CancelToken())
    return raised.value


def test_without_the_company_s_certificates_nothing_is_sent(desk: Desk) -> None:
    desk.add()
    desk.courier.configure(replace(desk.policy, ca_file=""))
    error = refusal(desk)
    assert "could not prove who it is" in error.what
    assert "certificate of its own" in error.todo
    assert desk.hub.hub.requests == []


def test_a_wrong_password_for_the_proxy_is_said(desk: Desk) -> None:
    desk.add()
    wrong = replace(desk.policy.proxy, password="another")
    desk.courier.configure(replace(desk.policy, proxy=wrong))
    error = refusal(desk)
    assert error.code is ErrorCode.CONNECTION_FAILED
    assert "wants a name and a password" in error.what
