"""Downloads through the courier, hashed and journalled, against huggingface_hub alone."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil

from app.bench import hub_server, programs
from app.bench.figures import Figure, median
from app.core.cancel import CancelToken
from app.courier import policy
from app.downloading import put_together
from app.local_models import catalogue, model_manager
from app.network import client
from app.network.base import Courier
from app.network.journal.reader import Journal
from app.paths import Paths
from app.settings.settings import Settings

SIZE = 512 * 2**20
ROUNDS = 5
_BLOCK = 8 * 2**20


@dataclass(frozen=True, slots=True)
class Taken:
    """Seconds on the clock and of the processor, for one download."""

    seconds: float
    cpu_s: float


def measure(folder: Path, size: int = SIZE, rounds: int = ROUNDS) -> Iterator[Figure]:
    """All figures, with files of `size` bytes in `folder`.

    Ours ends with a model in the library: every byte hashed, each connection in the journal,
    everything flushed to the disk. The other side only writes the files. Either goes first as
    often, so that what runs beside them hits both alike.
    """
    weights = folder / "weights"
    _write(weights, size)
    ours: list[Taken] = []
    theirs: list[Taken] = []
    with _hub(weights) as ports, _tacit(folder / "home", ports) as tacit:
        for number in range(rounds):
            for is_ours in (bool(number % 2), not number % 2):
                if is_ours:
                    ours.append(tacit.download())
                else:
                    theirs.append(_theirs(ports, folder / "theirs"))
        journalled = tacit.journalled()
    ratios = [b.seconds / a.seconds for a, b in zip(ours, theirs, strict=True)]
    yield Figure("throughput_ratio_to_hub_client", median(ratios), "x", 0.9, "at least")
    yield Figure("throughput", median([size / 1e6 / one.seconds for one in ours]), "MB/s")
    yield Figure(
        "hub_client_throughput", median([size / 1e6 / one.seconds for one in theirs]), "MB/s"
    )
    yield Figure("cpu_s_per_gb", median([one.cpu_s * 1e9 / size for one in ours]), "s")
    yield Figure("hub_client_cpu_s_per_gb", median([one.cpu_s * 1e9 / size for one in theirs]), "s")
    yield Figure("journalled_share", journalled / (size * rounds), "x", 1.0, "at least")


class _Tacit:
    """A data root with a courier of its own, that downloads the one model again and again."""

    def __init__(self, paths: Paths, settings: Settings, courier: Courier) -> None:
        self._manager = model_manager(paths, settings)
        self._journal = Journal(paths.journal)
        self._courier = courier
        self._parts = put_together(
            paths,
            settings,
            self._manager.shelf,
            catalogue=catalogue,
            courier=courier,
            token=lambda: "",
        )

    def download(self) -> Taken:
        """Download it once; the model is removed again afterwards, outside the time taken."""
        cancel = CancelToken()
        listing = self._parts.hub.variants(hub_server.REPOSITORY, cancel)
        plan = self._parts.planner.install(listing, listing.variants[0], with_token=False)
        pid = self._courier.status().pid
        courier, own = psutil.Process(pid), psutil.Process()
        begin, begin_cpu = time.perf_counter(), _cpu(courier) + _cpu(own)
        model_id = self._parts.downloader.run(plan, lambda _progress: None, cancel)
        taken = Taken(time.perf_counter() - begin, _cpu(courier) + _cpu(own) - begin_cpu)
        self._manager.remove(model_id)
        return taken

    def journalled(self) -> int:
        """Bytes that the journal says were received."""
        return sum(record.received_bytes for record in self._journal.records())


@contextlib.contextmanager
def _tacit(root: Path, ports: tuple[int, int]) -> Iterator[_Tacit]:
    paths = Paths.at(root)
    paths.create()
    settings = Settings(paths.settings_file)
    settings.set("network.hub", f"http://127.0.0.1:{ports[0]}")
    settings.set("network.hub_files", f"127.0.0.1:{ports[1]}")
    courier = client.start(policy(paths, settings), paths.run)
    try:
        yield _Tacit(paths, settings, courier)
    finally:
        courier.end()


@contextlib.contextmanager
def _hub(weights: Path) -> Iterator[tuple[int, int]]:
    command = programs.command("hub_server", str(weights))
    with subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=programs.environment(),
        text=True,
    ) as server:
        assert server.stdout is not None
        hub, cdn = json.loads(server.stdout.readline())
        try:
            yield hub, cdn
        finally:
            server.terminate()


def _theirs(ports: tuple[int, int], folder: Path) -> Taken:
    """The same files by huggingface_hub alone, in a process of its own."""
    address = f"http://127.0.0.1:{ports[0]}"
    names = ("genai_config.json", "model.onnx", "tokenizer.json")
    files = [f"{hub_server.FOLDER}/{name}" for name in names]
    what = [hub_server.REPOSITORY, hub_server.COMMIT, str(folder), *files, hub_server.WEIGHTS]
    command = programs.command("hub_client", address, *what)
    done = subprocess.run(
        command, env=programs.environment(), capture_output=True, text=True, check=True
    )
    shutil.rmtree(folder)
    taken = json.loads(done.stdout.splitlines()[-1])
    return Taken(float(taken["seconds"]), float(taken["cpu_s"]))


def _cpu(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


def _write(file: Path, size: int) -> None:
    """A file that looks random; what it holds makes no difference to how fast it is sent."""
    block = os.urandom(min(_BLOCK, size))
    with file.open("wb") as opened:
        for start in range(0, size, len(block)):
            opened.write(block[: size - start])
