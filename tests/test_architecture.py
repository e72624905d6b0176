"""Holds the imports of every module against the table in app/README.md, and the size caps."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
APP = ROOT / "app"
MAX_LINES = 400

# Room (or top-level module) -> the rooms it may import. A room always may import itself.
ALLOWED: dict[str, set[str]] = {
    "core": set(),
    "paths": {"core"},
    "logs": {"core"},
    "licences": {"paths"},
    "settings": {"core"},
    "store": {"core"},
    # Files of other programs are no matter of the database: this room reads and writes them,
    # and knows the store by its values and its one door.
    "exchange": {"core", "store"},
    "models": {"core", "process", "network"},
    "process": {"core"},
    "engine": {"core", "process"},
    "network": {"core", "process"},
    "providers": {"core", "engine", "models", "network", "process"},
    "updates": {"core", "network", "process"},
    "redaction": {"core"},
    "router": {"core", "providers", "redaction"},
    "chat": {"core", "router", "store"},
    "cloud_services": {"core", "settings", "network"},
    "cloud": {
        "core", "paths", "settings", "process", "network", "providers", "router",
        "cloud_services",
    },
    "courier": {
        "core", "paths", "settings", "models", "process", "providers", "network",
        "cloud_services", "updates", "updating",
    },
    "updating": {"core", "paths", "settings", "process", "network", "updates"},
    "courier_policy": {"core", "paths", "settings", "network", "courier"},
    "downloading": {"core", "paths", "settings", "models", "network", "courier"},
    "routing": {"core", "paths", "settings", "models", "redaction", "router", "cloud"},
    "local_models": {
        "core", "paths", "settings", "models", "engine", "network", "process", "providers",
    },
    "bootstrap": {
        "routing", "redaction", "local_models",
        "core", "paths", "logs", "settings", "store", "models", "process", "engine", "network",
        "providers", "router", "chat", "courier", "courier_policy", "downloading", "cloud",
        "updates", "updating",
    },
    "placing": {"core", "models", "providers", "bootstrap"},
    "comparing": {
        "core", "paths", "models", "engine", "router", "providers", "bootstrap", "local_models",
    },
    "temporary": {"settings", "store", "chat", "bootstrap", "updating"},
    "cli": {
        "routing", "redaction", "local_models",
        "core", "paths", "logs", "settings", "store", "exchange", "models", "process", "network",
        "router", "chat", "courier", "courier_policy", "downloading", "bootstrap", "bench",
        "selftest", "placing", "comparing", "cloud", "cloud_services", "updates", "updating",
    },
    "server": {"core", "paths", "logs", "settings", "models", "process", "router", "bootstrap"},
    "ui": {
        "routing", "redaction", "local_models",
        "core", "paths", "logs", "settings", "store", "exchange", "models", "process", "router",
        "chat", "bootstrap", "placing", "comparing", "cloud", "temporary", "updates", "licences",
    },
}  # fmt: skip
# These start other rooms or measure them, so they may import all.
UNBOUND = {"__main__", "bench", "selftest"}

# Heavy or delicate library -> where alone it may be imported.
OWNERS: dict[str, tuple[str, ...]] = {
    "PySide6": ("app/ui/", "app/bench/"),
    "qasync": ("app/ui/", "app/bench/"),
    "onnxruntime_genai": ("app/engine/binding.py",),
    "onnxruntime": ("app/engine/devices.py",),
    "huggingface_hub": ("app/models/hub", "app/bench/hub_client.py"),
    "httpx2": ("app/models/hub", "app/providers/cloud/transport.py"),
    "anthropic": ("app/providers/cloud/anthropic_speech.py",),
    "openai": ("app/providers/cloud/openai_speech.py",),
    "nacl": ("app/updates/signature.py",),
    "keyring": ("app/settings/keyrings.py",),
    "secretstorage": ("app/settings/keyrings.py",),
    "socket": ("app/network/", "app/process/"),
    "ssl": ("app/network/",),
    "http": ("app/network/", "app/bench/hub_server.py", "app/selftest/services.py"),
    "sqlite3": ("app/store/sqlite.py",),
    "sqlcipher3": ("app/store/sqlite.py",),
    "markdown_it": ("app/ui/markdown/", "app/exchange/html.py"),
    "pygments": ("app/ui/markdown/",),
    "ziamath": ("app/ui/markdown/formulas.py",),
}
# Start-up stays fast because these are only imported inside functions.
LAZY = {
    "onnxruntime_genai", "onnxruntime", "huggingface_hub", "httpx2", "anthropic", "openai",
    "keyring", "secretstorage", "ziamath", "nacl",
}  # fmt: skip


def modules() -> list[Path]:
    return sorted(APP.rglob("*.py"))


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def room_of(path: Path) -> str:
    first = path.relative_to(APP).parts[0]
    return first.removesuffix(".py")


def imports(path: Path) -> Iterator[tuple[str, bool]]:
    """Every imported module by full name, and whether that happens on import of the file."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    lazy = {
        id(node)
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        for node in ast.walk(function)
    }
    typing_only = {
        id(node)
        for branch in ast.walk(tree)
        if isinstance(branch, ast.If) and "TYPE_CHECKING" in ast.dump(branch.test)
        for node in ast.walk(branch)
    }
    for node in ast.walk(tree):
        at_top = id(node) not in lazy and id(node) not in typing_only
        if isinstance(node, ast.Import):
            yield from ((alias.name, at_top) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module, at_top
            if node.module == "app":
                yield from ((f"app.{alias.name}", at_top) for alias in node.names)


@pytest.mark.parametrize("path", modules(), ids=name_of)
def test_a_room_imports_only_what_the_table_allows(path: Path) -> None:
    room = room_of(path)
    if room == "__init__" or room in UNBOUND:
        return
    assert room in ALLOWED, f"{room} is no room: add it to the table in app/README.md and here"
    for module, _ in imports(path):
        if module.startswith("app."):
            target = module.split(".")[1]
            assert target == room or target in ALLOWED[room] or target == "__version__", (
                f"{name_of(path)} imports {module}, but {room} may import only "
                f"{sorted(ALLOWED[room])}. Pass what you need by constructor from "
                "app/bootstrap.py, or move the code to the room that owns it."
            )


@pytest.mark.parametrize("path", modules(), ids=name_of)
def test_each_heavy_library_has_one_importing_place(path: Path) -> None:
    name = name_of(path)
    for module, at_top in imports(path):
        library = module.split(".")[0]
        owners = OWNERS.get(library)
        if owners is not None:
            assert name.startswith(owners), (
                f"{name} imports {library}, which belongs to {owners}: call that module instead."
            )
        assert not (at_top and library in LAZY), (
            f"{name} imports {library} at its top: import it inside the function that needs it, "
            "so that start-up stays fast."
        )


@pytest.mark.parametrize("path", [*modules(), *sorted((ROOT / "tests").rglob("*.py"))], ids=name_of)
def test_files_stay_small(path: Path) -> None:
    lines = len(path.read_text(encoding="utf-8").splitlines())
    assert lines <= MAX_LINES, (
        f"{name_of(path)} has {lines} lines, more than {MAX_LINES}: split it by responsibility."
    )


def test_rooms_have_no_import_cycle() -> None:
    graph = {room: set(targets) for room, targets in ALLOWED.items()}
    while graph:
        leaves = {room for room, targets in graph.items() if not targets & graph.keys()}
        assert leaves, f"a cycle in the table: {sorted(graph)}"
        for leaf in leaves:
            del graph[leaf]


def test_modules_have_no_import_cycle() -> None:
    names = {p: ".".join(p.relative_to(ROOT).with_suffix("").parts) for p in modules()}
    graph = {
        name: {m for m, at_top in imports(path) if at_top and m in names.values()}
        for path, name in names.items()
    }
    while graph:
        leaves = {name for name, targets in graph.items() if not targets & graph.keys()}
        assert leaves, f"an import cycle among: {sorted(graph)}"
        for leaf in leaves:
            del graph[leaf]


@pytest.mark.parametrize("path", modules(), ids=name_of)
def test_colours_live_in_resources_only(path: Path) -> None:
    if room_of(path) == "ui":
        found = re.findall(r"[\"']#[0-9A-Fa-f]{3,8}[\"']", path.read_text(encoding="utf-8"))
        assert not found, f"{name_of(path)} holds colours {found}: put them into resources/"


def test_packaging_is_no_package() -> None:
    assert not (ROOT / "packaging" / "__init__.py").exists(), (
        "packaging/__init__.py would shadow the library `packaging`: remove it."
    )
