"""Connections through a proxy: the system's, or the one of the settings."""

from __future__ import annotations

import pytest

from app.core.errors import AppError
from app.network import http, proxy
from app.network.policy import ProxyMode, ProxySettings
from app.settings.secrets import PROXY
from app.settings.table import SECRETS, SETTINGS
from tests.fakes.ways_out import WayOut
from tests.fakes.web import StandIn
from tests.fakes.web_proxy import StandInProxy

NAMES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")
HOST = "files.example.org"


@pytest.fixture(autouse=True)
def no_proxy_of_the_system(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


def manual(port: int, user: str = "", password: str = "") -> ProxySettings:
    return ProxySettings(
        mode=ProxyMode.MANUAL, host="127.0.0.1", port=port, user=user, password=password
    )


def test_a_download_through_a_proxy_with_a_password(secure_way: WayOut, secure: StandIn) -> None:
    secure.put("/file", b"x" * 100_000)
    with StandInProxy("anna", "pass:word", leads_to=secure.port) as stand_in:
        secure_way.set(proxy=manual(stand_in.port, "anna", "pass:word"), endpoints=(HOST,))
        with (
            secure_way.open() as passage,
            http.request(passage, f"https://{HOST}/file") as response,
        ):
            assert response.read(200_000) == b"x" * 100_000
    [tunnel], [record] = stand_in.tunnels, secure_way.records
    assert tunnel.target == f"{HOST}:443"
    assert (record.host, record.port, record.address) == (HOST, 443, "127.0.0.1")
    assert record.peer == "*.example.org"
    assert record.sent_bytes == tunnel.received
    assert record.received_bytes == tunnel.sent


def test_a_wrong_password_is_a_sentence_without_it(secure_way: WayOut) -> None:
    with StandInProxy("anna", "right") as stand_in:
        secure_way.set(proxy=manual(stand_in.port, "anna", "wrong-secret"))
        with secure_way.open() as passage, pytest.raises(AppError, match="password") as raised:
            passage.connect("hub.example.org", 443)
    assert "wrong-secret" not in str(raised.value)
    assert "wrong-secret" not in repr(secure_way.gateway.policy)
    assert [record.outcome for record in secure_way.records] == ["refused by the proxy"]


@pytest.mark.parametrize(("user", "password"), [("anna", ""), ("", ""), ("otto", "right")])
def test_a_proxy_that_wants_more_leads_to_the_fields_of_the_settings(
    secure_way: WayOut, user: str, password: str
) -> None:
    with StandInProxy("anna", "right") as stand_in:
        secure_way.set(proxy=manual(stand_in.port, user, password))
        with secure_way.open() as passage, pytest.raises(AppError) as raised:
            passage.connect("hub.example.org", 443)
    todo = raised.value.todo
    assert "settings under Network" in todo
    [password_label] = [secret.label for secret in SECRETS if secret.name == PROXY]
    for label in (SETTINGS["network.proxy_user"].label, password_label):
        assert label.lower() in todo.lower()


def test_this_machine_is_reached_directly(way: WayOut, web: StandIn) -> None:
    web.put("/file", b"direct")
    with StandInProxy() as stand_in:
        way.set(proxy=manual(stand_in.port))
        with way.open() as passage, http.request(passage, web.url("/file")) as response:
            assert response.read(100) == b"direct"
    assert stand_in.tunnels == []


def test_the_system_s_proxy_and_its_exceptions(monkeypatch: pytest.MonkeyPatch) -> None:
    system = ProxySettings()
    assert proxy.choose(system, HOST) is None
    monkeypatch.setenv("https_proxy", "http://anna:p%40ss@proxy.test:3128")
    assert proxy.choose(system, HOST) == proxy.Proxy("proxy.test", 3128, "anna", "p@ss")
    assert proxy.choose(ProxySettings(mode=ProxyMode.NONE), HOST) is None
    assert proxy.choose(system, "localhost") is None
    monkeypatch.setenv("no_proxy", "example.org")
    assert proxy.choose(system, HOST) is None


def test_a_kind_of_proxy_that_is_not_known_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("all_proxy", "socks5://127.0.0.1:1080")
    with pytest.raises(AppError, match="socks5"):
        proxy.choose(ProxySettings(), HOST)


def test_what_is_no_proxy_is_a_sentence(way: WayOut, web: StandIn) -> None:
    way.set(proxy=manual(web.port))
    with way.open() as passage, pytest.raises(AppError):
        passage.connect("hub.example.org", 443)
    [record] = way.records
    assert record.outcome in {"refused by the proxy", "connection lost"}
