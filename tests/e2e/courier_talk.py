"""A parent of a real courier: does what its one argument (JSON) says and prints what it saw.

`mode` is "fetch" (fetch `documents`, download `file` to `target`), "hold" (start and wait), or
"look" (try to open the memory of the courier and of an ordinary child).
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from app.core.cancel import CancelToken
from app.core.egress import Purpose
from app.network import client
from app.network.base import Courier
from app.network.policy import Policy, ProxyMode, ProxySettings
from app.network.transfer.values import FileWanted
from app.network.verbs.download import DOWNLOAD, Download
from app.network.verbs.fetch import FETCH, Fetch


def main(wish: dict[str, Any]) -> dict[str, Any]:
    folder = Path(wish["folder"])
    policy = Policy(
        journal=str(folder / "journal"),
        writable=(str(folder),),
        endpoints=(wish.get("endpoint", "127.0.0.1:1"),),
        proxy=ProxySettings(mode=ProxyMode.NONE),
    )
    courier = client.start(policy, folder / "run")
    try:
        return {"fetch": fetch, "hold": hold, "look": look}[wish["mode"]](courier, wish)
    finally:
        courier.end()


def fetch(courier: Courier, wish: dict[str, Any]) -> dict[str, Any]:
    pid = courier.status().pid
    for url in wish["documents"]:
        document = Fetch(url=url, purpose=Purpose.MODEL_LIST, allowed_by="a test")
        courier.run(FETCH, document, CancelToken())
    file = FileWanted(target=wish["target"])
    download = Download(
        url=wish["file"], file=file, purpose=Purpose.MODEL_DOWNLOAD, allowed_by="a test"
    )
    result = courier.run(DOWNLOAD, download, CancelToken())
    return {"pid": pid, "size": result.size}


def hold(courier: Courier, _wish: dict[str, Any]) -> dict[str, Any]:
    tell({"pid": courier.status().pid})
    time.sleep(600)
    return {}


def look(courier: Courier, _wish: dict[str, Any]) -> dict[str, Any]:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as ordinary:
        time.sleep(0.5)
        seen = {"courier": opens(courier.status().pid), "ordinary": opens(ordinary.pid)}
        ordinary.kill()
    return seen


def opens(pid: int | None) -> bool:
    """Whether another process of the same user may read that one's memory."""
    code = f"open('/proc/{pid}/mem', 'rb').close()"
    command = [sys.executable, "-c", code]
    return subprocess.run(command, stderr=subprocess.DEVNULL, check=False).returncode == 0


def tell(seen: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(seen) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    tell(main(json.loads(sys.argv[1])))
