"""The indicator never says more than the facts allow, whatever they are."""

from __future__ import annotations

import itertools

import pytest

from app.core.egress import CourierStatus, Opening, Purpose
from app.core.privacy import (
    Indicator,
    Privacy,
    PrivacyFacts,
    SealPart,
    SealReport,
    indicate,
)

HOLDS = SealReport((SealPart("no network sockets", holds=True),))
FAILED = SealReport((SealPart("no network sockets", holds=False, detail="an old kernel"),))
UNTRIED = SealReport()
CLOUD = Opening(purpose=Purpose.CLOUD_ANSWER, host="api.example.org", label="Example")
DOWNLOAD = Opening(purpose=Purpose.MODEL_DOWNLOAD, host="hub.example.org")
COURIERS = [
    CourierStatus(),
    CourierStatus(pid=7),
    *(
        CourierStatus(pid=7, openings=openings)
        for size in (1, 2)
        for openings in itertools.permutations((CLOUD, DOWNLOAD), size)
    ),
]
EVERYTHING = [
    PrivacyFacts(window=window, host=host, courier=courier)
    for window in (HOLDS, FAILED, UNTRIED)
    for host in (None, HOLDS, FAILED, UNTRIED)
    for courier in COURIERS
]


@pytest.mark.parametrize("facts", EVERYTHING)
def test_no_state_promises_more_than_holds(facts: PrivacyFacts) -> None:
    shown = indicate(facts)
    enforced = facts.window.enforced and (facts.host is None or facts.host.enforced)
    shut = not facts.courier.openings
    if shown.state is Privacy.SEALED:
        assert enforced
        assert shut
        assert facts.courier.pid is None
    if shown.state is Privacy.LOCAL_ONLY:
        assert enforced
        assert shut
    if shown.state is Privacy.NOT_ENFORCED:
        assert not enforced
        assert shut
    assert (shown.state is Privacy.CLOUD) == (CLOUD in facts.courier.openings)
    assert bool(shown.reason) == (not enforced)


def test_the_cloud_is_named_before_a_download() -> None:
    courier = CourierStatus(pid=7, openings=(DOWNLOAD, CLOUD))
    shown = indicate(PrivacyFacts(window=HOLDS, courier=courier))
    assert shown == Indicator(state=Privacy.CLOUD, opening=CLOUD)


def test_a_download_names_its_host() -> None:
    courier = CourierStatus(pid=7, openings=(DOWNLOAD,))
    shown = indicate(PrivacyFacts(window=HOLDS, courier=courier))
    assert shown == Indicator(state=Privacy.DOWNLOADING, opening=DOWNLOAD)


def test_the_reason_of_a_missing_seal_is_told() -> None:
    assert indicate(PrivacyFacts(window=HOLDS, host=FAILED)).reason == "an old kernel"
    assert indicate(PrivacyFacts()).reason == "no seal for this system"


@pytest.mark.parametrize("host", ["127.0.0.1:11434", "localhost:8080", "[::1]:8080", "localhost"])
def test_a_server_on_this_machine_is_no_cloud_and_is_named(host: str) -> None:
    here = Opening(purpose=Purpose.LOCAL_SERVER, host=host, label="a server on this computer")
    courier = CourierStatus(pid=7, openings=(here,))
    shown = indicate(PrivacyFacts(window=HOLDS, courier=courier))
    assert shown == Indicator(state=Privacy.LOCAL_ONLY, opening=here)
    both = CourierStatus(pid=7, openings=(here, CLOUD))
    assert indicate(PrivacyFacts(window=HOLDS, courier=both)).opening == CLOUD


@pytest.mark.parametrize("host", ["llm.example.org", "127.0.0.1.example.org", "192.168.1.7:80"])
def test_what_only_calls_itself_local_is_cloud(host: str) -> None:
    away = Opening(purpose=Purpose.LOCAL_SERVER, host=host)
    courier = CourierStatus(pid=7, openings=(away,))
    assert indicate(PrivacyFacts(window=HOLDS, courier=courier)).state is Privacy.CLOUD
