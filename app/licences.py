"""What others made that Tacit stands on, and under which licences: read when it is wanted."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from app.paths import (
    PROGRAM,
    is_frozen,
    licences_dir,
    own_licence,
    resources_dir,
    starter_builder,
    starter_bundle,
)

if TYPE_CHECKING:
    from importlib.metadata import Distribution

# A line of the notice that a package brings: "  name version: licence  [folder]".
_LINE = re.compile(r"^ {2}(\S+) ([^:]*): (.+?) {2}\[([^\]]*)\]$", re.MULTILINE)
_NAME = re.compile(r"[A-Za-z0-9][\w.-]*")
_LICENCE_FILE = re.compile(r"(licen[cs]e|copying|notice|thirdpartynotices|authors)", re.IGNORECASE)
_LONGEST_NAME = 60
# Packages that hold more than they say.
_INSIDE = {
    "pyside6-essentials": ("LGPL-3.0.txt", "GPL-3.0.txt"),
    "shiboken6": ("LGPL-3.0.txt", "GPL-3.0.txt"),
    "sqlcipher3": ("SQLCipher.txt",),
    "ziamath": ("STIX.txt", "DejaVu.txt"),
}
_LICENCES = {"pyside6-essentials": "LGPL-3.0-only", "shiboken6": "LGPL-3.0-only"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """One piece of others' work; `texts` are the files that hold its licence."""

    name: str
    version: str = ""
    licence: str = ""
    texts: tuple[Path, ...] = ()


def works() -> list[Work]:
    """Tacit itself first, then all that it stands on, as far as this installation says it."""
    own = own_licence()
    texts = (own,) if own is not None else _texts_of(PROGRAM)
    rest = _bundled() if is_frozen() else [*_installed(), *_drawn()]
    return [Work(name="Tacit", licence="MIT", texts=texts), *rest]


def text_of(work: Work) -> str:
    """The words of its licence, "" where there are none; one that cannot be read says so."""
    parts = []
    for file in work.texts:
        try:
            parts.append(file.read_text(encoding="utf-8", errors="replace").strip("\n"))
        except OSError:
            parts.append(f"{file.name} cannot be read.")
    return "\n\n".join(parts)


def _bundled() -> list[Work]:
    folder = licences_dir()
    notice = folder / "NOTICE.txt" if folder is not None else None
    if folder is None or notice is None or not notice.is_file():
        return []
    found = [Work(name="Notice", texts=(notice,))]
    for name, version, licence, where in _LINE.findall(notice.read_text(encoding="utf-8")):
        texts = sorted((folder / where).iterdir()) if where and (folder / where).is_dir() else []
        found.append(Work(name=name, version=version, licence=licence, texts=tuple(texts)))
    return found


def _installed() -> list[Work]:
    """The packages that Tacit asks for, and what those ask for, where they are installed."""
    from importlib.metadata import PackageNotFoundError, distribution

    waiting, found = [PROGRAM], dict[str, Work]()
    while waiting:
        name = _normal(waiting.pop())
        if name in found:
            continue
        try:
            package = distribution(name)
        except PackageNotFoundError:
            continue
        found[name] = _work(name, package)
        waiting += _asked_for(package)
    found.pop(PROGRAM, None)
    return [found[name] for name in sorted(found)]


def _asked_for(package: Distribution) -> Iterator[str]:
    for requirement in package.requires or ():
        name, _, condition = requirement.partition(";")
        if "extra" not in condition and (match := _NAME.match(name)) is not None:
            yield match.group()


def _work(name: str, package: Distribution) -> Work:
    licence = _LICENCES.get(name) or _named(package)
    return Work(name=name, version=package.version, licence=licence, texts=_texts(name, package))


def _named(package: Distribution) -> str:
    """What a package says of its licence, in one of the three places for that."""
    described = package.metadata
    said = [*(described.get_all("License-Expression") or ()), *(described.get_all("License") or ())]
    kinds = [kind.split(" :: ") for kind in described.get_all("Classifier") or ()]
    said += [kind[-1] for kind in kinds if kind[0] == "License" and len(kind) > 2]
    # Some put the whole text where its name belongs.
    return next((s.strip().partition("\n")[0][:_LONGEST_NAME] for s in said if s.strip()), "")


def _texts(name: str, package: Distribution) -> tuple[Path, ...]:
    found = []
    for file in package.files or ():
        is_licence = ".dist-info/licenses/" in str(file) or _LICENCE_FILE.match(file.name)
        path = Path(str(package.locate_file(file)))
        if is_licence and path.suffix not in {".py", ".pyc", ".pyi", ".so"} and path.is_file():
            found.append(path)
    if (kept := licences_dir()) is not None:
        named = (*_INSIDE.get(name, ()), f"{name}.txt")
        found += [kept / each for each in named if (kept / each).is_file()]
    return tuple(found)


def _texts_of(name: str) -> tuple[Path, ...]:
    from importlib.metadata import PackageNotFoundError, distribution

    try:
        package = distribution(name)
    except PackageNotFoundError:
        return ()
    return tuple(p for p in _texts(name, package) if p.parent.name != "icons")


def _drawn() -> list[Work]:
    """What lies among the program's own files."""
    starter = (starter_bundle() / "LICENSE", starter_builder().with_name("LICENSE"))
    return [
        Work(name="lucide", licence="ISC", texts=(resources_dir() / "icons" / "LICENSE",)),
        Work(
            name="smollm2-135m-instruct",
            licence="Apache-2.0",
            texts=tuple(file for file in starter if file.is_file())[:1],
        ),
    ]


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
