"""The manual page and the completions name what the program has, and nothing is forgotten."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.fakes.scripts import load_script

docs = load_script("packaging/cli_docs.py")
PROGRAM = docs.whole()


def test_every_command_is_found() -> None:
    words = {" ".join(command.words) for command in PROGRAM.all()}
    assert {"ask", "privacy", "privacy prove", "models starter", "config set", "bench"} <= words


@pytest.mark.parametrize("kind", docs.KINDS)
def test_every_command_and_option_is_named(kind: str) -> None:
    text = "\n".join(docs.KINDS[kind](PROGRAM)).replace("\\-", "-")
    for command in PROGRAM.all():
        for word in command.words:
            assert word in text
        for option in command.options:
            for name in option.option_strings:
                assert (name in text) or (kind == "fish" and name.lstrip("-") in text)


def complete(tmp_path: Path, *typed: str) -> set[str]:
    """What bash offers behind these words, of which the last one is being typed."""
    script = tmp_path / "tacit"
    script.write_text("\n".join(docs.bash(PROGRAM)), encoding="utf-8")
    line = 'source $1; shift; COMP_WORDS=(tacit "$@"); COMP_CWORD=$#; _tacit; '
    done = subprocess.run(
        ["bash", "-euc", line + 'printf "%s\\n" "${COMPREPLY[@]}"', "-", str(script), *typed],
        capture_output=True,
        text=True,
        check=True,
        cwd=tmp_path,
    )
    return set(done.stdout.split())


@pytest.mark.skipif(sys.platform != "linux" or not shutil.which("bash"), reason="needs bash")
def test_bash_completes_commands_their_commands_options_choices_and_files(tmp_path: Path) -> None:
    assert complete(tmp_path, "mo") == {"models"}
    assert complete(tmp_path, "privacy", "pr") == {"prove"}
    assert complete(tmp_path, "--json", "privacy", "") >= {"status", "prove", "--verbose"}
    assert "--seed" in complete(tmp_path, "ask", "--s")
    assert complete(tmp_path, "bench", "en") == {"engine"}
    (tmp_path / "question.txt").touch()
    assert complete(tmp_path, "ask", "--file", "que") == {"question.txt"}


def test_roff_reads_what_people_wrote_as_they_wrote_it() -> None:
    assert docs._roff("--a 'b' \\c") == "\\-\\-a \\(aqb\\(aq \\ec"


def test_a_wrong_question_is_answered_with_the_right_ones(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert docs.main(["pdf"]) == 2
    assert "man|bash|zsh|fish" in capsys.readouterr().err
