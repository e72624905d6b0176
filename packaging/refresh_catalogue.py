"""Compares resources/catalogue.json with the hub, and brings it up to date with --write.

    python packaging/refresh_catalogue.py            say what differs; exit 1 where something does
    python packaging/refresh_catalogue.py --write    write sizes and the mark "checked" as well

HF_ENDPOINT names another hub. Only listings and the small genai_config.json are fetched, never
weights. A variant that is not there is marked as not checked; nothing is ever removed by itself.
Standard library only.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import quote, urlsplit
from urllib.request import Request, urlopen

ROOT = Path(__file__).resolve().parent.parent
CATALOGUE = ROOT / "resources" / "catalogue.json"
CONFIG = "genai_config.json"
_TIMEOUT_S = 30
_MAX_BYTES = 32 * 2**20


class HubError(Exception):
    """The hub did not give what was asked for; the message says why."""


@dataclass
class Report:
    """What was found: `changed` lines are news, `wrong` ones need a person."""

    changed: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)


class Hub:
    """Asks one hub for listings and small files."""

    def __init__(self, endpoint: str) -> None:
        if urlsplit(endpoint).scheme not in {"http", "https"}:
            raise HubError(f"{endpoint} is no address of a hub")
        self._endpoint = endpoint.rstrip("/")
        self._listings: dict[str, Any] = {}

    def listing(self, repository: str) -> Any:
        """The repository's commit, files and whether it is gated; asked for once."""
        if repository not in self._listings:
            self._listings[repository] = self._json(f"api/models/{quote(repository)}?blobs=true")
        return self._listings[repository]

    def config(self, repository: str, commit: str, folder: str) -> Any:
        """The genai_config.json of a folder."""
        path = f"{folder}/{CONFIG}" if folder else CONFIG
        return self._json(f"{quote(repository)}/resolve/{quote(commit)}/{quote(path)}")

    def _json(self, path: str) -> Any:
        request = Request(  # noqa: S310  (the scheme was checked)
            f"{self._endpoint}/{path}", headers={"User-Agent": "tacit-catalogue"}
        )
        try:
            with urlopen(request, timeout=_TIMEOUT_S) as answer:  # noqa: S310
                raw = answer.read(_MAX_BYTES + 1)
        except HTTPError as error:
            raise HubError(f"the hub answers {error.code}") from None
        except (URLError, OSError) as error:
            raise HubError(f"the hub cannot be reached ({type(error).__name__})") from None
        try:
            return json.loads(raw)
        except ValueError:
            raise HubError("the hub's answer is no JSON") from None


def refresh(document: dict[str, Any], hub: Hub) -> Report:
    """Compare every variant and change `document` to what the hub says."""
    report = Report()
    for model in document["models"]:
        for variant in model["variants"]:
            name = f"{model['id']} {variant['id']}"
            try:
                found = _facts(variant, hub)
            except HubError as error:
                variant["checked"] = False
                report.wrong.append(f"{name}: {error}")
                continue
            _compare(name, model, variant, found, report)
    return report


def _facts(variant: dict[str, Any], hub: Hub) -> dict[str, Any]:
    """What the hub says about one variant, in the words of the catalogue."""
    from app.models.names import is_wanted

    repository, folder = variant["repository"], variant["folder"]
    listing = hub.listing(repository)
    try:
        sizes = {item["rfilename"]: int(item["size"]) for item in listing["siblings"]}
        commit = str(listing["sha"])
    except (KeyError, TypeError, ValueError):
        raise HubError("the listing is not what it should be") from None
    prefix = f"{folder}/" if folder else ""
    files = {
        name.removeprefix(prefix): size
        for name, size in sizes.items()
        if name.startswith(prefix) and "/" not in name.removeprefix(prefix)
    }
    if CONFIG not in files:
        raise HubError(f"there is no {CONFIG} in “{folder}”; there is one in {_places(sizes)}")
    wanted = {name: size for name, size in files.items() if is_wanted(name)}
    decoder = _section(_section(hub.config(repository, commit, folder), "model"), "decoder")
    return {
        "download_bytes": sum(wanted.values()),
        "memory_bytes": sum(size for name, size in wanted.items() if ".onnx" in name),
        "must_accept": bool(listing.get("gated")),
        "shape": {
            "layers": decoder.get("num_hidden_layers"),
            "kv_heads": decoder.get("num_key_value_heads"),
            "head_size": decoder.get("head_size"),
        },
    }


def _compare(
    name: str, model: dict[str, Any], variant: dict[str, Any], found: dict[str, Any], report: Report
) -> None:
    for key in ("download_bytes", "memory_bytes"):
        if variant[key] != found[key]:
            report.changed.append(f"{name}: {key} {variant[key]:,} -> {found[key]:,}")
            variant[key] = found[key]
    variant["token_bytes"] = min(variant["token_bytes"], variant["memory_bytes"])
    for key, value in found["shape"].items():
        if isinstance(value, int) and value != model[key]:
            report.wrong.append(f"{name}: {key} is {value}, the catalogue says {model[key]}")
    if found["must_accept"] and not model["licence"]["must_accept"]:
        report.wrong.append(f"{name}: the hub asks for its licence to be accepted")
    if not variant["checked"]:
        report.changed.append(f"{name}: checked")
        variant["checked"] = True


def _places(sizes: dict[str, int]) -> str:
    places = sorted(name.removesuffix(CONFIG).strip("/") for name in sizes if name.endswith(CONFIG))
    return ", ".join(f"“{place}”" for place in places) or "no folder"


def _section(parent: Any, name: str) -> dict[str, Any]:
    section = parent.get(name) if isinstance(parent, dict) else None
    return section if isinstance(section, dict) else {}


def main(arguments: Sequence[str] | None = None) -> int:
    """Compare, say what differs, write where asked; 0 where nothing needs a person."""
    parser = argparse.ArgumentParser(description="Compare the catalogue with the hub.")
    parser.add_argument("--write", action="store_true", help="bring the file up to date")
    parser.add_argument("--file", type=Path, default=CATALOGUE)
    options = parser.parse_args(arguments)
    sys.path.insert(0, str(ROOT))  # the rules for file names are the program's own
    document = json.loads(options.file.read_text(encoding="utf-8"))
    try:
        hub = Hub(os.environ.get("HF_ENDPOINT") or "https://huggingface.co")
    except HubError as error:
        print(f"wrong: {error}", file=sys.stderr)
        return 2
    report = refresh(document, hub)
    for line in report.changed:
        print(f"news: {line}")
    for line in report.wrong:
        print(f"wrong: {line}")
    if options.write:
        text = json.dumps(document, indent=2, ensure_ascii=False) + "\n"
        options.file.write_text(text, encoding="utf-8")
    is_fine = not report.wrong and (options.write or not report.changed)
    return 0 if is_fine else 1


if __name__ == "__main__":
    sys.exit(main())
