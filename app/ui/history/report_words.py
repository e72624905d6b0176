"""What came of an export, an import, a check and a recovery, in sentences."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QCoreApplication

from app.exchange.exporting import ExportReport
from app.exchange.importing import ImportReport
from app.exchange.looking import Contents
from app.store.backup import Backup
from app.store.recovery import CheckReport, RecoveryReport

_MOST_NAMED = 10


def export_words(report: ExportReport, path: Path) -> str:
    """Where the conversations are now."""
    if report.was_cancelled:
        return _tr("Stopped. Written before: {0}.").format(chats(report.conversations))
    words = _tr("Exported {0} to {1}.").format(chats(report.conversations), path)
    if report.gone:
        words += " " + _tr("Deleted meanwhile: {0}.").format(chats(report.gone))
    return words


def contents_words(contents: Contents, file: Path, *, kept: bool) -> str:
    """What a file holds, and what importing it would do; `kept` says that the history is."""
    words = _tr("“{0}” holds {1} with {2}{3}").format(
        file.name,
        chats(contents.conversations),
        _messages(contents.messages),
        _origin(contents.formats),
    )
    if contents.titles:
        words += ": " + ", ".join(f"“{title}”" for title in contents.titles)
        if more := contents.conversations - len(contents.titles):
            words += _tr(" and {0} more").format(f"{more:,}")
    sentences = [f"{words}."]
    if contents.unreadable:
        sentences.append(_tr("Cannot be read: {0}.").format(chats(contents.unreadable)))
    sentences.append(
        _tr("What is new is added to your history. What is there already stays as it is.")
        if kept
        else _tr("This session forgets what is imported when it ends.")
    )
    return " ".join(sentences)


def import_words(report: ImportReport) -> list[str]:
    """What was taken over, and every reason why something was not."""
    lines = [_tr("Imported {0}{1}.").format(chats(report.added), _origin(report.formats))]
    if not (report.formats or report.unreadable or report.was_cancelled):
        lines = [_tr("There is no chat in it that Tacit can read.")]
    counts = (
        (_tr("Already there: {0}."), report.known),
        (_tr("Already there, in the trash: {0}."), report.in_trash),
        (_tr("Without any message: {0}."), report.empty),
    )
    lines += [words.format(chats(count)) for words, count in counts if count]
    if report.unreadable:
        named = ", ".join(report.named[:_MOST_NAMED])
        more = ", ..." if report.unreadable > _MOST_NAMED else ""
        which = f" ({named}{more})" if named else ""
        lines.append(_tr("Could not be read: {0}{1}.").format(chats(report.unreadable), which))
    if report.images:
        lines.append(_tr("Images left out, with a note in their place: {0}.").format(report.images))
    if report.left_out:
        lines.append(_tr("Parts of other kinds left out: {0}.").format(report.left_out))
    if report.was_cancelled:
        lines.append(_tr("Stopped. Import the same again to go on; nothing comes twice."))
    return lines


def restore_words(made: Backup, kept: list[Path]) -> str:
    """What is there now, and where what was there before is kept."""
    words = _tr("Restored {0}.").format(chats(made.conversations))
    if kept:
        places = ", ".join(place.name for place in kept)
        words += " " + _tr("What was there before is kept in the data folder: {0}.").format(places)
    return words


def check_words(report: CheckReport) -> str:
    """Whether the history is in order."""
    if not report.exists:
        return _tr("There is no history yet.")
    if report.is_sound:
        words = _tr("The history is in order: {0} with {1} messages, the trash included.")
        return words.format(chats(report.conversations), f"{report.messages:,}")
    return _tr("The history is damaged. What can be read of it can be saved into a new one.")


def recovery_words(report: RecoveryReport) -> str:
    """What could be saved, and what not."""
    words = _tr("Saved {0} with {1} messages.").format(chats(report.conversations), report.messages)
    if report.without_text:
        words += " " + _tr("Messages that lost their words: {0}.").format(report.without_text)
    if report.from_copies:
        words += " " + _tr("Taken from a daily copy: {0}.").format(report.from_copies)
    aside = _tr("The damaged file is kept in the data folder: {0}.").format(report.aside.name)
    return f"{words} {aside}"


def chats(count: int) -> str:
    """So many conversations."""
    return _tr("1 chat") if count == 1 else _tr("{0} chats").format(f"{count:,}")


def _messages(count: int) -> str:
    return _tr("1 message") if count == 1 else _tr("{0} messages").format(f"{count:,}")


def _origin(formats: set[str]) -> str:
    return _tr(" from {0}").format(", ".join(sorted(formats))) if formats else ""


def _tr(text: str) -> str:
    return QCoreApplication.translate("History", text)
