"""What is shown never promises more than what is true, in every transition between facts."""

from __future__ import annotations

import asyncio
import itertools
import threading
from collections.abc import Callable, Iterator

import pytest

from app.core.egress import CourierStatus
from app.core.errors import AppError
from app.core.privacy import Privacy, PrivacyFacts, SealReport, indicate
from app.core.status import EngineState, EngineStatus
from app.core.tasks import Tasks
from app.ui.privacy.controller import PrivacyController
from app.ui.privacy.sources import PrivacySources
from tests.fakes.privacy import CLOUD, DOWNLOAD, FAILED, HOLDS, UNTRIED, FakeCourier
from tests.ui.conftest import Async

ORDER = list(Privacy)  # from the most to the least that can leave
COURIERS = [
    CourierStatus(),
    CourierStatus(pid=7),
    CourierStatus(pid=7, openings=(DOWNLOAD,)),
    CourierStatus(pid=7, openings=(CLOUD,)),
    CourierStatus(pid=7, openings=(DOWNLOAD, CLOUD)),
]
SEALS = [HOLDS, FAILED, UNTRIED]
HOSTS = [None, HOLDS, FAILED, UNTRIED]


class Engine:
    """Reports what a test says; a host that ended keeps its last words."""

    def __init__(self, seal: SealReport | None = None, pid: int | None = 11) -> None:
        self.status = EngineStatus(state=EngineState.READY, pid=pid, seal=seal)

    def __call__(self) -> EngineStatus:
        return self.status


Make = Callable[..., PrivacyController]


@pytest.fixture
def make(aio: Async, tasks: Tasks) -> Iterator[Make]:
    made: list[PrivacyController] = []

    def build(sources: PrivacySources, engine: Callable[[], EngineStatus]) -> PrivacyController:
        controller = PrivacyController(sources, engine, tasks)
        made.append(controller)
        return controller

    async def make_it(sources: PrivacySources, engine: Engine) -> PrivacyController:
        return build(sources, engine)

    yield lambda sources, engine=None: aio.run(make_it(sources, engine or Engine()))
    for controller in made:
        aio.run(controller.close())


def on_a_thread(aio: Async, call: Callable[[], object]) -> None:
    """Run `call` as the courier's own thread would, while the window goes on."""
    thread = threading.Thread(target=call)
    thread.start()
    aio.until(lambda: not thread.is_alive())
    thread.join()


@pytest.mark.parametrize("seal", SEALS)
@pytest.mark.parametrize("host", HOSTS)
@pytest.mark.parametrize(("before", "after"), list(itertools.product(COURIERS, repeat=2)))
def test_no_switch_of_the_courier_is_ever_shown_too_well(
    make: Make,
    aio: Async,
    before: CourierStatus,
    after: CourierStatus,
    host: SealReport | None,
    seal: SealReport,
) -> None:
    courier = FakeCourier()
    courier.become(before)
    controller = make(PrivacySources(seal=seal, courier=courier), Engine(host))
    seen: list[tuple[Privacy, Privacy]] = []

    def compare(courier_now: CourierStatus) -> None:
        # At the moment of the change itself, on the courier's thread.
        truth = PrivacyFacts(window=seal, host=host, courier=courier_now)
        seen.append((indicate(controller.facts).state, indicate(truth).state))

    courier.watch = compare
    compare(before)
    on_a_thread(aio, lambda: courier.become(after))
    compare(after)
    for shown, true in seen:
        assert ORDER.index(shown) <= ORDER.index(true), f"{shown} was shown while {true} held"
    expected = PrivacyFacts(window=seal, host=host, courier=after)
    aio.until(lambda: controller.facts == expected)


@pytest.mark.parametrize(("before", "after"), list(itertools.product(HOSTS, repeat=2)))
def test_another_host_is_shown_at_the_next_look(
    make: Make, before: SealReport | None, after: SealReport | None
) -> None:
    engine = Engine(before)
    controller = make(PrivacySources(seal=HOLDS), engine)
    engine.status = Engine(after).status
    controller.refresh()
    assert controller.facts.host == after


def test_a_host_that_is_gone_protects_and_endangers_nothing(make: Make) -> None:
    controller = make(PrivacySources(seal=HOLDS), Engine(FAILED, pid=None))
    assert controller.facts.host is None


def test_without_any_source_nothing_is_promised(make: Make) -> None:
    controller = make(PrivacySources())
    assert indicate(controller.facts).state is Privacy.NOT_ENFORCED


@pytest.mark.parametrize("found", [FAILED, UNTRIED])
def test_a_seal_that_the_system_no_longer_confirms_is_not_shown(
    make: Make, aio: Async, found: SealReport
) -> None:
    threads: list[str] = []

    def examine() -> SealReport:
        threads.append(threading.current_thread().name)
        return found

    controller = make(PrivacySources(seal=HOLDS, examine=examine))
    assert indicate(controller.facts).state is Privacy.SEALED
    controller.look()
    aio.until(lambda: indicate(controller.facts).state is Privacy.NOT_ENFORCED)
    assert threads == ["privacy"]


def test_a_seal_that_cannot_be_looked_at_is_not_shown(make: Make, aio: Async) -> None:
    def examine() -> SealReport:
        raise OSError(13, "Permission denied")

    controller = make(PrivacySources(seal=HOLDS, examine=examine))
    controller.look()
    aio.until(lambda: not controller.facts.window.enforced)
    assert controller.facts.window.reason == "Permission denied"


def test_a_change_is_announced_once(make: Make, aio: Async) -> None:
    courier = FakeCourier()
    controller = make(PrivacySources(seal=HOLDS, courier=courier))
    said: list[PrivacyFacts] = []
    controller.changed.connect(said.append)
    on_a_thread(aio, lambda: courier.become(CourierStatus(pid=4242, openings=(DOWNLOAD,))))
    controller.refresh()
    controller.look()
    assert [facts.courier.openings for facts in said] == [(DOWNLOAD,)]


def test_the_courier_is_gone_from_the_page_only_when_it_is_gone(make: Make, aio: Async) -> None:
    courier = FakeCourier()
    courier.may_end.clear()
    controller = make(PrivacySources(seal=HOLDS, courier=courier))
    controller.end_courier()
    controller.end_courier()
    assert controller.is_ending
    aio.run(asyncio.sleep(0.05))
    controller.look()
    assert indicate(controller.facts).state is Privacy.LOCAL_ONLY
    courier.may_end.set()
    aio.until(lambda: not controller.is_ending)
    assert indicate(controller.facts).state is Privacy.SEALED
    assert not controller.has_courier


@pytest.mark.parametrize("never_ends", [True, False])
def test_a_courier_that_does_not_end_is_not_called_ended(
    make: Make, aio: Async, never_ends: bool
) -> None:
    courier = FakeCourier()
    courier.never_ends = never_ends
    courier.problem = None if never_ends else AppError("It hangs.", "Close Tacit.")
    controller = make(PrivacySources(seal=HOLDS, courier=courier))
    problems: list[AppError] = []
    controller.failed.connect(problems.append)
    controller.end_courier()
    aio.until(lambda: not controller.is_ending)
    assert len(problems) == 1
    assert problems[0].todo
    assert indicate(controller.facts).state is Privacy.LOCAL_ONLY


def test_links_go_through_the_courier_and_nowhere_without_it(make: Make, aio: Async) -> None:
    courier = FakeCourier()
    controller = make(PrivacySources(seal=HOLDS, courier=courier))
    aio.run(controller.open_link("https://example.org/"))
    assert courier.opened == ["https://example.org/"]
    courier.become(CourierStatus())
    for one in (controller, make(PrivacySources(seal=HOLDS))):
        with pytest.raises(AppError, match="nothing can leave"):
            aio.run(one.open_link("https://example.org/"))
    assert courier.opened == ["https://example.org/"]


def test_a_closed_window_hears_nothing_and_holds_nobody_up(make: Make, aio: Async) -> None:
    courier = FakeCourier()
    controller = make(PrivacySources(seal=HOLDS, courier=courier))
    assert courier.listeners == 1
    aio.run(controller.close())
    assert courier.listeners == 0
    courier.become(CourierStatus())
    assert controller.has_courier
