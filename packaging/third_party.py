"""What of others' work is in the frozen program: `third_party.py licences|sbom TARGET`.

`licences` collects every licence text and a notice into the folder TARGET; `sbom` writes a
CycloneDX 1.6 document to the file TARGET. Run it with the Python of `.venv-frozen`, whose
packages are those that were frozen. Standard library only.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import ssl
import sys
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
TEXTS = ROOT / "installer" / "licences"
# What made the program and is not in it, and what libraries ask for and never use here.
_NOT_INSIDE = frozenset(
    "altgraph cffi click flatbuffers fsspec mpmath msvc-runtime packaging pefile pip protobuf "
    "pycparser pyinstaller pyinstaller-hooks-contrib setuptools sympy".split()
)
_LICENCE_FILE = re.compile(r"(licen[cs]e|copying|notice|thirdpartynotices|authors)", re.IGNORECASE)
# Packages that say it in words, or not at all.
_LICENCES = {
    "pyside6-essentials": "LGPL-3.0-only",
    "shiboken6": "LGPL-3.0-only",
    "onnxruntime": "MIT",
    "onnxruntime-genai": "MIT",
    "onnxruntime-directml": "MIT",
    "onnxruntime-genai-directml": "MIT",
    "onnxruntime-genai-winml": "MIT",
    "backports-tarfile": "MIT",
    "jaraco-classes": "MIT",
    "markdown-it-py": "MIT",
    "mdurl": "MIT",
    "pycparser": "BSD-3-Clause",
    "sqlcipher3": "Zlib",
}
# Where its libraries and plugins lie on other systems, and on Windows.
_QT_PLACES = (
    ("_internal/PySide6/Qt/lib", "_internal/PySide6/Qt/plugins"),
    ("_internal/PySide6", "_internal/PySide6/plugins"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Component:
    """One piece of others' work. `texts` are its licence files by the name they get."""

    name: str
    version: str
    licence: str
    purl: str
    texts: dict[str, Path]


def components() -> list[Component]:
    """All of it, packages first, then what lies inside them or comes from the build machine."""
    packages = {found.name: found for found in map(_package, metadata.distributions())}
    inside = [packages[name] for name in sorted(packages) if name not in _NOT_INSIDE]
    return [*inside, *_natives(packages)]


def _package(distribution: metadata.Distribution) -> Component:
    name = re.sub(r"[-_.]+", "-", distribution.name).lower()
    described = distribution.metadata
    licence = _LICENCES.get(name) or described["License-Expression"] or described["License"] or ""
    return Component(
        name=name,
        version=distribution.version,
        licence=licence,
        purl=f"pkg:pypi/{name}@{distribution.version}",
        texts=dict(_texts(distribution)),
    )


def _texts(distribution: metadata.Distribution) -> Iterator[tuple[str, Path]]:
    for file in distribution.files or ():
        path = Path(str(distribution.locate_file(file)))
        if path.suffix in {".py", ".pyc", ".so", ".pyi"} or not path.is_file():
            continue
        folder, _, inner = str(file).partition("licenses/")
        if inner and ".dist-info" in folder:
            yield inner.replace("/", "_"), path
        elif _LICENCE_FILE.match(path.name):
            yield path.name, path
    # Where the package says in a word what its repository says in a text.
    if (kept := TEXTS / f"{distribution.name}.txt").is_file():
        yield "LICENSE.txt", kept


def _natives(packages: dict[str, Component]) -> Iterator[Component]:
    """What the records of the packages do not name."""
    qt, maker = packages["pyside6-essentials"].version, packages["pyinstaller"]
    python = ".".join(map(str, sys.version_info[:3]))
    yield _native("cpython", python, "Python-2.0.1", {"LICENSE.txt": TEXTS / "Python.txt"})
    texts = {"LGPL-3.0.txt": TEXTS / "LGPL-3.0.txt", "GPL-3.0.txt": TEXTS / "GPL-3.0.txt"}
    yield _native("qt", qt, "LGPL-3.0-only", texts)
    if sys.platform == "win32":
        yield from _of_microsoft(packages)
    else:
        yield _native("icu", "73", "Unicode-3.0", {"LICENSE.txt": TEXTS / "ICU.txt"})
    apache = packages["packaging"].texts["LICENSE.APACHE"]
    yield _native("openssl", ssl.OPENSSL_VERSION.split()[1], "Apache-2.0",
                  {"LICENSE.txt": TEXTS / "OpenSSL.txt", "Apache-2.0.txt": apache})  # fmt: skip
    # Inside the package sqlcipher3, which names neither of them nor its copy of OpenSSL.
    yield _native("sqlite", "3.53.4", "blessing", {"LICENSE.txt": TEXTS / "SQLite.txt"})
    yield _native("sqlcipher", "4.19.0", "BSD-3-Clause",
                  {"LICENSE.txt": TEXTS / "SQLCipher.txt"})  # fmt: skip
    for name, licence in (("libffi", "MIT"), ("xz", "0BSD"), ("bzip2", "bzip2-1.0.6")):
        yield _native(name, "", licence, {"LICENSE.txt": TEXTS / f"{name}.txt"})
    numpy = {"LICENSE.txt": packages["numpy"].texts["LICENSE.txt"]}
    yield _native("openblas", "", "BSD-3-Clause", numpy)
    yield _native("libgfortran", "", "GPL-3.0-or-later WITH GCC-exception-3.1", numpy)
    yield _native("pyinstaller-bootloader", maker.version,
                  "GPL-2.0-or-later WITH Bootloader-exception", maker.texts)  # fmt: skip
    yield _native("stix-two-math", "2.11", "OFL-1.1", {"OFL.txt": TEXTS / "STIX.txt"})
    yield _native("lucide", "1.62.0", "ISC", {"LICENSE": ROOT / "resources" / "icons" / "LICENSE"})
    yield from _words()


def _words() -> Iterator[Component]:
    """The lists of words and names, of which only the data of these packages is inside."""
    folder = ROOT / "resources" / "words"
    own = {"LICENSES.txt": folder / "LICENSES.txt"}
    german = {**own, "CC-BY-SA-4.0.txt": folder / "CC-BY-SA-4.0.txt"}
    yield _native("faker-names", "40.63.0", "MIT", own)
    yield _native("german-nouns", "1.2.5", "CC-BY-SA-4.0", german)
    yield _native("pyspellchecker-words", "0.9.1", "MIT", own)
    yield _native("scowl", "2020.12.07", "LicenseRef-SCOWL", own)


def _of_microsoft(packages: dict[str, Component]) -> Iterator[Component]:
    """What the packages for Windows carry of Microsoft's, to be passed on with a program."""
    directml = ("DirectML.txt", "DirectML-notices.txt")
    parts = (
        ("directml", "onnxruntime-directml", directml),
        ("directml", "onnxruntime-genai-winml", directml),
        ("d3d12core", "onnxruntime-genai-directml", ()),
        ("msvc-runtime", "pyside6-essentials", ("MSVC.txt",)),
    )
    for name, carrier, texts in parts:
        if carrier not in packages:
            continue  # one of the two runtimes is inside
        words = f"Microsoft's own terms, from {carrier} {packages[carrier].version}"
        yield _native(name, "", words, {text: TEXTS / text for text in ("Microsoft.txt", *texts)})


def _native(name: str, version: str, licence: str, texts: dict[str, Path]) -> Component:
    purl = f"pkg:generic/{name}" + (f"@{version}" if version else "")
    return Component(name=name, version=version, licence=licence, purl=purl, texts=texts)


def write_licences(target: Path) -> None:
    """Every text below `target`, a folder for each component, and the notice before them.

    Raises `SystemExit` where a component would go out without a text.
    """
    shutil.rmtree(target, ignore_errors=True)
    lines = []
    shared = {"pyside6-essentials": "qt", "shiboken6": "qt", "onnxruntime-genai": ""}
    libraries, plugins = _QT_PLACES[sys.platform == "win32"]
    for component in components():
        if not component.texts and component.name not in shared:
            raise SystemExit(f"{component.name} has no licence text: add one to {TEXTS}")
        folder = target / component.name
        for name, source in component.texts.items():
            folder.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, folder / name)
        where = component.name if component.texts else shared[component.name]
        lines.append(f"  {component.name} {component.version}: {component.licence}  [{where}]")
    notice = (TEXTS / "NOTICE.txt").read_text(encoding="utf-8")
    qt = metadata.version("PySide6-Essentials")
    (target / "NOTICE.txt").write_text(
        notice.replace("@QT@", qt).replace("@QT_SERIES@", qt.rpartition(".")[0])
        .replace("@QT_LIBRARIES@", libraries).replace("@QT_PLUGINS@", plugins)
        + "\n".join(lines) + "\n",
        encoding="utf-8",
    )  # fmt: skip
    shutil.copyfile(ROOT / "LICENSE", target / "LICENSE.txt")


def bill(version: str, made: int) -> dict[str, Any]:
    """The bill of materials of Tacit `version`, made at the Unix time `made`."""
    listed = [
        {
            "type": "library",
            "bom-ref": component.purl,
            "name": component.name,
            **({"version": component.version} if component.version else {}),
            "licenses": _licences(component.licence),
            "purl": component.purl,
        }
        for component in components()
    ]
    model = json.loads((_starter() / "manifest.json").read_text(encoding="utf-8"))
    listed.append(
        {
            "type": "machine-learning-model",
            "bom-ref": "smollm2-135m-instruct",
            "name": "smollm2-135m-instruct",
            "licenses": [{"expression": str(model.get("licence", "Apache-2.0"))}],
            "description": str(model.get("source", "")),
        }
    )
    root = f"pkg:generic/tacit@{version}"
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        # Of the contents, so that equal builds have equal bills.
        "serialNumber": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, json.dumps(listed))}",
        "version": 1,
        "metadata": {
            "timestamp": datetime.fromtimestamp(made, UTC).isoformat(timespec="seconds"),
            "component": {
                "type": "application", "bom-ref": root, "name": "tacit", "version": version,
                "licenses": [{"expression": "MIT"}], "purl": root,
            },
        },
        "components": listed,
        "dependencies": [{"ref": root, "dependsOn": [entry["bom-ref"] for entry in listed]}],
    }  # fmt: skip


def _licences(words: str) -> list[dict[str, Any]]:
    """As CycloneDX has it: an expression of SPDX, or a licence that only has a name."""
    if not words:
        return []
    if re.fullmatch(r"[\w.+() -]+", words):
        return [{"expression": words}]
    return [{"license": {"name": words}}]


def _starter() -> Path:
    return Path(os.environ.get("STARTER_MODEL") or ROOT / ".cache" / "starter-model")


def version() -> str:
    """The version of Tacit, from its one place."""
    text = (ROOT / "app" / "__init__.py").read_text(encoding="utf-8")
    found = re.search(r'^__version__ = "([^"]+)"$', text, re.MULTILINE)
    if found is None:
        raise ValueError("app/__init__.py does not say the version")
    return found[1]


def main(arguments: list[str]) -> int:
    """Do it; 2 for a wrong question."""
    match arguments:
        case ["licences", target]:
            write_licences(Path(target))
        case ["sbom", target]:
            made = int(os.environ.get("SOURCE_DATE_EPOCH", "0"))
            document = json.dumps(bill(version(), made), indent=2)
            Path(target).write_text(document + "\n", encoding="utf-8")
        case _:
            print(__doc__, file=sys.stderr)
            return 2
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
