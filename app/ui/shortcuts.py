"""The table of shortcuts: the window binds them, the Shortcuts page lists them."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication


@dataclass(frozen=True, slots=True)
class Shortcut:
    """`keys` as Qt writes them; `name` is what the window binds, "" where a view has the key
    itself and it is listed only. With `opens_page` it is the name of a page."""

    name: str
    keys: str
    label: str
    group: str
    opens_page: bool = False


_PAGES = "Pages"
_ROWS = (
    ("new", "Ctrl+N", "New chat", "Chats"),
    ("search", "Ctrl+K", "Search chats", "Chats"),
    ("rename", "F2", "Rename the chat", "Chats"),
    ("", "Del", "Delete the marked chat, in the list", "Chats"),
    ("side", "Ctrl+B", "Show or hide the side list", "Chats"),
    ("composer", "Ctrl+L", "Go to the message field", "Writing"),
    ("", "Enter", "Send", "Writing"),
    ("", "Shift+Enter", "Begin a new line", "Writing"),
    ("", "Esc", "Stop the answer, or close what opened last", "Writing"),
    ("chat", "Ctrl+1", "Chat", _PAGES),
    ("models", "Ctrl+2", "Models", _PAGES),
    ("settings", "Ctrl+3", "Settings", _PAGES),
    ("settings", "Ctrl+,", "Settings", _PAGES),
    ("privacy", "Ctrl+4", "Privacy", _PAGES),
    ("discover", "Ctrl+5", "Find models", _PAGES),
    ("shortcuts", "Ctrl+/", "Keyboard shortcuts", _PAGES),
    ("larger", "Ctrl++", "Larger text", "Window"),
    ("larger", "Ctrl+=", "Larger text", "Window"),
    ("smaller", "Ctrl+-", "Smaller text", "Window"),
    ("normal", "Ctrl+0", "Text at its usual size", "Window"),
    ("quit", "Ctrl+Q", "Quit", "Window"),
)


def shortcuts() -> list[Shortcut]:
    """All shortcuts, in the language of the window."""
    return [
        Shortcut(name, keys, _tr(label), _tr(group), opens_page=group == _PAGES)
        for name, keys, label, group in _ROWS
    ]


def _tr(text: str) -> str:
    return QCoreApplication.translate("Shortcuts", text)
