"""Two answers that ./packaging/test needs: what a venv without Qt holds, and what the tests said.

`headless-requirements` prints one requirement a line; `totals FOLDER NAME...` adds up the
JUnit files FOLDER/NAME.xml and prints the closing line. Standard library only.
"""

from __future__ import annotations

import re
import sys
import tomllib
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

ROOT = Path(__file__).resolve().parent.parent
QT = ("pyside6-essentials", "qasync")


def distribution(requirement: str) -> str:
    """The normalised name of what `requirement` asks for."""
    match = re.match(r"[A-Za-z0-9._-]+", requirement.strip())
    if match is None:
        raise ValueError(f"{requirement!r} is no requirement")
    return re.sub(r"[-_.]+", "-", match[0]).lower()


def group(project: dict[str, Any], name: str) -> list[str]:
    """The requirements of a dependency group, with the groups it includes."""
    found: list[str] = []
    for entry in project["dependency-groups"][name]:
        found += [entry] if isinstance(entry, str) else group(project, entry["include-group"])
    return found


def headless_requirements(project: dict[str, Any]) -> list[str]:
    """Everything the program and its checks need, except Qt and what stands on it."""
    dependencies: list[str] = project["project"]["dependencies"]
    if missing := set(QT) - {distribution(entry) for entry in dependencies}:
        raise ValueError(f"pyproject.toml no longer names {sorted(missing)}: change QT here too")
    return [
        entry for entry in dependencies if distribution(entry) not in QT
    ] + group(project, "check")  # fmt: skip


def totals(folder: Path, names: list[str]) -> tuple[int, int, int]:
    """Passed, failed and skipped tests; a run that left no readable report failed once."""
    passed = failed = skipped = 0
    for name in names:
        try:
            # Our own pytest wrote these files a moment ago.
            report = ElementTree.parse(folder / f"{name}.xml")  # noqa: S314
            suites = list(report.iter("testsuite"))
        except (OSError, ElementTree.ParseError):
            failed += 1
            continue
        for suite in suites:
            tests, bad, left = (
                sum(int(suite.get(kind, "0")) for kind in kinds)
                for kinds in (("tests",), ("failures", "errors"), ("skipped",))
            )
            passed += max(tests - bad - left, 0)
            failed += bad
            skipped += left
    return passed, failed, skipped


def main(arguments: list[str]) -> int:
    """Print the answer; 2 when the question is unknown."""
    match arguments:
        case ["headless-requirements"]:
            project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
            print("\n".join(headless_requirements(project)))
        case ["totals", folder, *names]:
            passed, failed, skipped = totals(Path(folder), names)
            print(f"{passed} passed, {failed} failed" + (f", {skipped} skipped" if skipped else ""))
        case _:
            print(__doc__, file=sys.stderr)
            return 2
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
