"""The pages of the settings panel in their order, and what is found on each."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication

from app.settings.setting import Setting
from app.settings.table import SECRETS
from app.settings.transfer import shown_settings
from app.settings.update_table import UPDATES

SETTINGS_PAGE = "settings"
GENERAL, DEVICES, ANSWERS, PROTECTION = "general", "devices", "answers", "protection"
REDACTION, CLOUD, RULES, STORAGE = "redaction", "cloud", "rules", "storage"
APPEARANCE, SHORTCUTS, ABOUT = "appearance", "shortcuts", "about"


@dataclass(frozen=True, slots=True)
class Section:
    """One page: `name` is what the window knows it by, `groups` are those of the table that
    stand on it, `more` names what stands there besides."""

    name: str
    title: str
    icon: str
    groups: tuple[str, ...] = ()
    more: tuple[str, ...] = ()

    @property
    def settings(self) -> list[Setting]:
        """The rows of the table that stand on it."""
        return [setting for setting in shown_settings() if setting.group in self.groups]


@dataclass(frozen=True, slots=True)
class Hit:
    """Something that a search found: a setting or a secret by `key`, "" for the rest."""

    section: Section
    label: str
    help: str = ""
    key: str = ""


_ROWS: tuple[tuple[str, str, str, tuple[str, ...], tuple[str, ...]], ...] = (
    (
        GENERAL,
        "General",
        "settings",
        ("General", "Connections"),
        ("Export and import of settings",),
    ),
    (DEVICES, "Models and devices", "cpu", ("Model", "Downloads"), ()),
    (ANSWERS, "Answers", "sparkles", ("Answers",), ()),
    (
        PROTECTION,
        "Privacy",
        "shield",
        ("Privacy",),
        ("Encrypt the chats on this computer", "Lock the window, passphrase"),
    ),
    (REDACTION, "Redaction", "eye", ("Redaction",), ("Your own words to be replaced",)),
    (CLOUD, "Cloud", "cloud", ("Cloud",), ("Costs",)),
    (RULES, "Routing", "sliders-horizontal", (), ("Rules: who answers",)),
    (STORAGE, "Storage", "hard-drive", ("History",), ("Where your data lies",)),
    (APPEARANCE, "Appearance", "palette", ("Appearance",), ()),
    (SHORTCUTS, "Shortcuts", "keyboard", (), ("Keyboard shortcuts",)),
    (ABOUT, "About", "info", (UPDATES,), ("Version", "Licences of what Tacit is made of")),
)


def sections() -> list[Section]:
    """All of them, in the language of the window."""
    return [
        Section(name, _tr(title), icon, groups, tuple(map(_tr, more)))
        for name, title, icon, groups, more in _ROWS
    ]


def find(text: str) -> list[Hit]:
    """What has all words of `text` in its label, help, key, group or page; best first."""
    words = text.casefold().split()
    if not words:
        return []
    ranked = []
    for hit, further in _everything():
        name = hit.label.casefold()
        whole = " ".join((hit.label, hit.help, hit.key, hit.section.title, *further)).casefold()
        if all(word in whole for word in words):
            ranked.append((not all(word in name for word in words), hit))
    return [hit for _is_worse, hit in sorted(ranked, key=lambda pair: pair[0])]


def _everything() -> list[tuple[Hit, tuple[str, ...]]]:
    found: list[tuple[Hit, tuple[str, ...]]] = []
    for section in sections():
        for setting in section.settings:
            hit = Hit(section, setting.label, setting.help, setting.key)
            found.append((hit, (setting.group, *setting.choices)))
            found += [
                (Hit(section, secret.label, secret.help, secret.name), (setting.group,))
                for secret in SECRETS
                if secret.after == setting.key
            ]
        found += [(Hit(section, words), ()) for words in section.more]
    return found


def _tr(text: str) -> str:
    return QCoreApplication.translate("Settings", text)
