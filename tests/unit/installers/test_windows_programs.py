"""The files that the program for Windows consists of, and what they show."""

from __future__ import annotations

import re
import struct

from app import __version__
from app.process import spawn
from tests.fakes.scripts import ROOT, load_script

windows = load_script("packaging/pyinstaller/windows.py")
artwork = load_script("installer/artwork/for_windows.py")
INSTALLER = ROOT / "installer" / "windows"
LANGUAGES = INSTALLER / "languages.nsh"
SCRIPT = "".join((INSTALLER / name).read_text("utf-8") for name in ("parts.nsh", "tacit.nsi"))


def test_the_program_knows_the_files_that_are_made() -> None:
    names = {f"{program.name}.exe" for program in windows.PROGRAMS}
    asked_for = {
        spawn.program_for([argument], r"C:\tacit-window.exe", "win32").rpartition("\\")[2]
        for argument in ("--engine-host", "--courier", "ask")
    }
    assert asked_for | {"tacit-window.exe"} == names


def test_the_installer_knows_the_files_that_are_made() -> None:
    for program in windows.PROGRAMS:
        for line in (
            f'Push "{program.name}.exe"',
            f'Delete "$INSTDIR\\{program.name}.exe"',
            f'"$INSTDIR\\{program.name}.exe"',
        ):
            assert line in SCRIPT


def test_the_firewall_lets_the_courier_through_and_nothing_else() -> None:
    ruled = re.findall(r'insertmacro AddRule "(.*)\.exe"', SCRIPT)
    assert set(ruled) == {program.name for program in windows.PROGRAMS} - {"tacit-courier"}


def test_a_file_carries_only_what_its_process_imports() -> None:
    pure = [(name, "", "PYMODULE") for name in ("app", "app.ui", "app.ui.window", "app.uit")]
    engine = next(one for one in windows.PROGRAMS if one.name == "tacit-engine")
    assert [name for name, _, _ in windows.modules(pure, engine)] == ["app", "app.uit"]


def test_versions_are_counted_as_windows_does() -> None:
    assert windows.version(ROOT) == __version__
    assert windows.four_numbers("0.1.0") == (0, 1, 0, 0)
    assert windows.four_numbers("1.2.3rc4+local.7") == (1, 2, 3, 4)


def test_an_icon_names_where_each_of_its_pictures_lies() -> None:
    data = artwork.icon({256: b"large", 16: b"small"})
    assert struct.unpack_from("<HHH", data) == (0, 1, 2)
    for number, (side, body) in enumerate(((16, b"small"), (0, b"large"))):
        entry = struct.unpack_from("<BBBBHHII", data, 6 + 16 * number)
        assert entry[:2] == (side, side)
        length, place = entry[6:]
        assert data[place : place + length] == body


def test_the_installer_says_everything_in_every_language() -> None:
    spoken = set(re.findall(r'MUI_LANGUAGE "(\w+)"', SCRIPT))
    assert {"English", "German", "French", "Spanish"} <= spoken
    said: dict[str, set[str]] = {}
    for name, language in re.findall(
        r"^LangString (\w+) \$\{LANG_(\w+)\} \"..+\"$", LANGUAGES.read_text("utf-8"), re.MULTILINE
    ):
        said.setdefault(language, set()).add(name)
    asked = set(re.findall(r"\$\(([A-Z_]+)\)", SCRIPT))
    assert set(said) == {language.upper() for language in spoken}
    assert all(names == asked for names in said.values())
