"""The courier's libraries for the hub and the cloud, tried on a stand-in for both on loopback."""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from app.core.cancel import CancelToken
from app.core.cloud import Service, Speech
from app.core.errors import AppError
from app.selftest.ground import Ground, failed

_NAME = "tacit/self-test"
_HUB = [{"id": _NAME, "siblings": [{"rfilename": "genai_config.json"}]}]
_CLOUD = {
    "data": [
        {"id": _NAME, "type": "model", "display_name": _NAME, "created_at": "2026-01-01T00:00:00Z"}
    ],
    "has_more": False,
}
_BY = "the self-test"
_SILENCE_S = 5.0


class _StandIn(BaseHTTPRequestHandler):
    """Knows one model, as the hub and as a service."""

    def do_GET(self) -> None:
        """Answer with the list of models."""
        answer = json.dumps(_HUB if self.path.startswith("/api/") else _CLOUD).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Say nothing."""


def services(ground: Ground) -> str:
    """The courier lists models as it does from the hub and from the cloud, through its gateway."""
    with _stand_in() as host:
        try:
            found = _lists(ground, host)
        except AppError as error:
            raise failed(f"The courier could not ask this computer: {error.what}") from error
    for name, models in found.items():
        if models != [_NAME]:
            raise failed(f"The courier does not understand what {name} says.")
    return "The courier asks and understands the hub and the cloud services."


@contextlib.contextmanager
def _stand_in() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _StandIn)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), name="stand-in")
    thread.start()
    try:
        yield f"127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _lists(ground: Ground, host: str) -> dict[str, list[str]]:
    """What each library finds, by who was asked."""
    from app import courier as couriers
    from app.models.listing import SEARCH_MODELS, SearchModels
    from app.network.policy import Policy, ProxyMode, ProxySettings
    from app.providers.cloud.calls import CLOUD_MODELS, ListModels
    from app.settings.settings import Settings

    address = f"http://{host}"
    policy = Policy(
        journal=str(ground.paths.journal), hub=address, endpoints=(host,), cloud=(host,),
        proxy=ProxySettings(mode=ProxyMode.NONE),
    )  # fmt: skip
    running = couriers.start(ground.paths, Settings(ground.paths.settings_file, keep=False))
    try:
        running.configure(policy)
        search = SearchModels(query="", allowed_by=_BY)
        listed = running.run(SEARCH_MODELS, search, CancelToken())
        found = {"the hub": [one.repository for one in listed.repositories]}
        for speech in (Speech.ANTHROPIC, Speech.OPENAI):
            wish = ListModels(
                service=_service(speech, address, host), allowed_by=_BY, silence_s=_SILENCE_S
            )
            models = running.run(CLOUD_MODELS, wish, CancelToken()).models
            found[speech] = [model.id for model in models]
        return found
    finally:
        running.end()


def _service(speech: Speech, address: str, host: str) -> Service:
    return Service(
        name=speech, label=speech, speech=speech, address=address, host=host, is_local=True,
        is_on=True, model="", secret="",
    )  # fmt: skip
