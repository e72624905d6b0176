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
    ("temporary", "Ctrl+Shift+N", "Temporary chat, of which nothing is kept", "Chats"),
    ("search", "Ctrl+K", "Search chats", "Chats"),
    ("search", "Ctrl+Shift+F", "Search chats", "Chats"),
    ("rename", "F2", "Rename the chat", "Chats"),
    ("", "Del", "Delete the marked chat, in the list", "Chats"),
    ("side", "Ctrl+B", "Show or hide the side list", "Chats"),
    ("composer", "Ctrl+L", "Go to the message field", "Writing"),
    ("", "Enter", "Send", "Writing"),
    ("", "Shift+Enter", "Begin a new line", "Writing"),
    ("", "/", "Prompts, personas and commands, at the beginning of a message", "Writing"),
    ("", "Esc", "Stop the answer, or close what opened last", "Writing"),
    ("find", "Ctrl+F", "Find in the chat", "Reading"),
    ("find_next", "F3", "Next finding", "Reading"),
    ("find_previous", "Shift+F3", "Previous finding", "Reading"),
    ("day", "Ctrl+G", "Go to a day of the chat", "Reading"),
    ("", "Alt+Up", "Go to the message above", "Reading"),
    ("", "Alt+Down", "Go to the message below", "Reading"),
    ("", "Alt+Left", "Show the previous version of the message", "Reading"),
    ("", "Alt+Right", "Show the next version of the message", "Reading"),
    ("", "Alt+Up", "Move the rule up", "Rules"),
    ("", "Alt+Down", "Move the rule down", "Rules"),
    ("", "Del", "Delete the rule", "Rules"),
    ("chat", "Ctrl+1", "Chat", _PAGES),
    ("models", "Ctrl+2", "Models", _PAGES),
    ("settings", "Ctrl+3", "Settings", _PAGES),
    ("settings", "Ctrl+,", "Settings", _PAGES),
    ("privacy", "Ctrl+4", "Privacy", _PAGES),
    ("personas", "Ctrl+6", "Personas and prompts", _PAGES),
    ("this-chat", "Ctrl+I", "Instructions and parameters of this chat", _PAGES),
    ("discover", "Ctrl+5", "Find models", _PAGES),
    ("shortcuts", "Ctrl+/", "Keyboard shortcuts", _PAGES),
    ("larger", "Ctrl++", "Larger text", "Window"),
    ("larger", "Ctrl+=", "Larger text", "Window"),
    ("smaller", "Ctrl+-", "Smaller text", "Window"),
    ("normal", "Ctrl+0", "Text at its usual size", "Window"),
    ("lock", "Ctrl+Shift+L", "Lock the window", "Window"),
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
