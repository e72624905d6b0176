"""Takes what the window needs to know of privacy from the services."""

from __future__ import annotations

from functools import partial

from app.bootstrap import Services
from app.core.handoff import Worker
from app.core.proof import Proof
from app.process.seal.seal import at_present
from app.ui.privacy.sources import PrivacySources


def sources_of(services: Services) -> PrivacySources:
    """The seal as the system has it now, the courier, the journal and the proof."""
    seal = services.protection.report
    return PrivacySources(
        seal=seal,
        examine=partial(at_present, seal),
        courier=services.courier,
        journal=services.journal,
        prove=partial(prove, services),
    )


async def prove(services: Services) -> Proof:
    """Try to get out of the window's process, through Qt as well, and of the model's."""
    # Imported here: nothing else in the window has a use for Qt's network code.
    from app.ui.proof import try_through_qt

    worker = Worker("proof through Qt")
    try:
        more = await worker.call(try_through_qt)
    finally:
        worker.close()
    return await services.prove("the window", more)
