"""Model folders from a stranger who means harm, each made from the starter model.

Unchanged files are links to the template's: a case unlinks what it changes.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

Change = Callable[[Path], object]

LIBRARY = """
#include <stdio.h>
#include <stdlib.h>
__attribute__((constructor)) static void run(void) {
  FILE *file = fopen("PWNED_PATH", "w");
  if (file) fclose(file);
}
"""


def linked(template: Path, folder: Path) -> Path:
    """A folder with the template's files, linked."""
    return Path(shutil.copytree(template, folder, copy_function=os.link))


def write(folder: Path, name: str, content: bytes | str) -> None:
    """Put a new file in the place of `name`; the file that is linked there stays as it is."""
    (folder / name).unlink(missing_ok=True)
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).write_bytes(content.encode() if isinstance(content, str) else content)


@cache
def native_library(place: Path) -> bytes:
    """A library that leaves a file PWNED in `place` when it is loaded."""
    source = place / "evil.c"
    source.write_text(LIBRARY.replace("PWNED_PATH", str(place / "PWNED")), encoding="utf-8")
    if shutil.which("gcc") is None:
        return b"\x7fELF\x02\x01\x01" + bytes(200)
    made = place / "evil.so"
    subprocess.run(["gcc", "-shared", "-fPIC", "-o", str(made), str(source)], check=True)
    return made.read_bytes()


def config(change: Callable[[dict[str, Any]], object]) -> Change:
    def apply(folder: Path) -> None:
        content = json.loads((folder / "genai_config.json").read_text(encoding="utf-8"))
        change(content)
        write(folder, "genai_config.json", json.dumps(content))

    return apply


def option(**options: Any) -> Change:
    return config(lambda c: c["model"]["decoder"]["session_options"].update(options))


def number(section: str, **values: Any) -> Change:
    def change(content: dict[str, Any]) -> None:
        model = content["model"]
        found = {"model": model, "decoder": model["decoder"], "search": content["search"]}
        found[section].update(values)

    return config(change)


def with_library(name: str, change: Change | None = None) -> Change:
    def apply(folder: Path) -> None:
        write(folder, name, native_library(folder.parent))
        (change or option(custom_ops_library=name))(folder)

    return apply


def hidden_by_a_second_key(folder: Path) -> None:
    write(folder, "evil.so", native_library(folder.parent))
    text = (folder / "genai_config.json").read_text(encoding="utf-8")
    evil = '"session_options": {"custom_ops_library": "evil.so"}, "session_options"'
    write(folder, "genai_config.json", text.replace('"session_options"', evil, 1))


def library_behind_a_link(folder: Path) -> None:
    write(folder, "sub/evil.bin", native_library(folder.parent))
    (folder / "evil").symlink_to("sub/evil.bin")
    option(custom_ops_library="evil")(folder)


def file(name: str, content: bytes | str) -> Change:
    return lambda folder: write(folder, name, content)


def pipe(name: str) -> Change:
    def apply(folder: Path) -> None:
        (folder / name).unlink()
        os.mkfifo(folder / name)

    return apply


def link(name: str, target: str) -> Change:
    def apply(folder: Path) -> None:
        outside = folder.parent / "outside"
        outside.mkdir(exist_ok=True)
        kept = outside / "kept"
        if (folder / name).exists() and not kept.exists():
            os.link(folder / name, kept)
        (folder / name).unlink(missing_ok=True)
        (folder / name).symlink_to(target)

    return apply


def cut(name: str, share: float) -> Change:
    def apply(folder: Path) -> None:
        content = (folder / name).read_bytes()
        write(folder, name, content[: int(len(content) * share)])

    return apply


def noise(name: str) -> Change:
    return lambda folder: write(folder, name, random.Random(name).randbytes(200_000))


def weights_at(place: bytes) -> Change:
    """The graph says that its weights are elsewhere; a name of the same length keeps it whole."""
    name = b"model.onnx.data"
    assert len(place) == len(name)

    def apply(folder: Path) -> None:
        (folder.parent / "weights0.bin").write_bytes(b"secret")
        graph = (folder / "model.onnx").read_bytes()
        assert name in graph
        write(folder, "model.onnx", graph.replace(name, place))

    return apply


def template(text: str) -> Change:
    return file("chat_template.jinja", text)


REFUSED: dict[str, Change] = {
    "a native library": with_library("evil.so"),
    "a native library under the name of weights": with_library("extra.onnx.data"),
    "a native library in a hidden folder": with_library(".cache/evil"),
    "a native library behind a link": library_behind_a_link,
    "a native library that a second key hides": hidden_by_a_second_key,
    "a native library in place of the weights": lambda folder: write(
        folder, "model.onnx.data", native_library(folder.parent)
    ),
    "a library named but not there": option(custom_ops_library="/lib/x86_64-linux-gnu/libm.so.6"),
    "profiling": option(enable_profiling="trace"),
    "profiling without a name": option(enable_profiling=""),
    "an optimized model to be written": option(**{"session.optimized_model_filepath": "x.onnx"}),
    "memory figures to be written": option(
        **{"session.collect_node_memory_stats_to_file": "stats.csv"}
    ),
    "an unknown device": option(provider_options=[{"evil": {}}]),
    "a device's library": option(provider_options=[{"qnn": {"backend_path": "evil.so"}}]),
    "5,000 threads": option(intra_op_num_threads=5_000),
    "a tokenizer elsewhere": number("model", tokenizer_dir="../outside"),
    "a pipe for a graph": pipe("model.onnx"),
    "a pipe for a template": pipe("chat_template.jinja"),
    "a device for a graph": link("model.onnx", "/dev/zero"),
    "a link out": link("model.onnx.data", "../outside/kept"),
    "a link to a folder out": link("more", "../outside"),
    "a billion layers": number("decoder", num_hidden_layers=10**9),
    "a head of no size": number("decoder", head_size=0),
    "a vocabulary of a billion": number("model", vocab_size=10**9),
    "a vocabulary of 2^31": number("model", vocab_size=2**31),
    "top_k below zero": number("search", top_k=-1),
    "a padding token of a billion": number("model", pad_token_id=10**9),
    "a graph by a path": number("decoder", filename="../outside/model.onnx"),
    "100,000 negations": template("{{ " + "not " * 100_000 + "true }}"),
    "50,000 nested conditions": template("{% if 1 %}" * 50_000 + "{% endif %}" * 50_000),
    "100,000 filters": template("{{ 'a'" + "|e" * 100_000 + " }}"),
}
BROKEN: dict[str, Change] = {
    "half a graph": cut("model.onnx", 0.5),
    "a graph of noise": noise("model.onnx"),
    "half a tokenizer": cut("tokenizer.json", 0.5),
    "a tokenizer of noise": noise("tokenizer.json"),
    "a configuration of noise": noise("genai_config.json"),
    "a deep configuration": file("genai_config.json", '{"a":' * 200_000),
    "a deep tokenizer": file("tokenizer.json", "[" * 200_000),
    "half the weights": cut("model.onnx.data", 0.5),
    "weights above the folder": weights_at(b"../weights0.bin"),
    "weights at the root": weights_at(b"/etc/login.defs"),
}
ENDED: dict[str, Change] = {
    "a macro that calls itself": template("{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}"),
    "a list that holds itself": template("{% set l=[] %}{% set x=l.append(l) %}{{ l }}"),
    "a namespace that holds itself": template("{% set n=namespace() %}{% set n.a=n %}{{ n }}"),
    "16,000 negations": template("{{ " + "not " * 16_000 + "true }}"),
    "loops for ever": template(
        "{% for a in range(100000) %}{% for b in range(100000) %}x{% endfor %}{% endfor %}"
    ),
    "a text of two billion letters": template("{{ 'a' * 2000000000 }}"),
    "3,000 nested conditions": template("{% if 1 %}" * 3_000 + "{% endif %}" * 3_000),
    "30,000 filters": template("{{ 'a'" + "|e" * 30_000 + " }}"),
}
