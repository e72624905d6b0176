"""What opens exports on a desktop means the same files, and the ones that are written."""

from __future__ import annotations

import re
from xml.etree import ElementTree

from app.exchange.writers import TACIT_SUFFIX
from tests.fakes.scripts import ROOT

LINUX = ROOT / "installer" / "linux"
WINDOWS = ROOT / "installer" / "windows"
TYPES = "{http://www.freedesktop.org/standards/shared-mime-info}"


def test_linux_knows_the_type_by_the_ending_and_opens_it() -> None:
    described = ElementTree.parse(LINUX / "chat.tacit.tacit.mime.xml").getroot()
    (kind,) = described.findall(f"{TYPES}mime-type")
    assert [glob.get("pattern") for glob in kind.iter(f"{TYPES}glob")] == [f"*{TACIT_SUFFIX}"]
    name = kind.get("type")
    entry = (LINUX / "tacit.desktop").read_text(encoding="utf-8")
    assert f"MimeType={name};" in entry
    assert re.search(r"^Exec=tacit %f$", entry, re.MULTILINE), "one file, as a path"
    metainfo = (LINUX / "chat.tacit.tacit.metainfo.xml").read_text(encoding="utf-8")
    assert f"<mediatype>{name}</mediatype>" in metainfo


def test_windows_knows_the_ending_and_forgets_it_when_removed() -> None:
    parts = (WINDOWS / "parts.nsh").read_text(encoding="utf-8")
    script = (WINDOWS / "tacit.nsi").read_text(encoding="utf-8")
    endings = set(re.findall(r"\$\{CLASSES\}\\(\.\w+)", parts))
    assert endings == {TACIT_SUFFIX}
    assert "HKLM" not in parts + script
    installing, _, removing = script.partition('Section "un.Tacit"')
    assert "OpenOurFiles" in installing
    assert "LeaveOurFiles" in removing
