"""What to do about a keyring, in words that fit the person's desktop."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from enum import StrEnum

from app.core.errors import AppError, ErrorCode


class Desktop(StrEnum):
    """What looks after the keyring here."""

    WINDOWS = "windows"
    MACOS = "macos"
    GNOME = "gnome"
    KDE = "kde"
    OTHER = "other"
    NONE = "none"


# Desktops whose distributions install GNOME's keyring.
_WITH_GNOME_KEYRING = frozenset(
    "GNOME UNITY X-CINNAMON CINNAMON XFCE MATE BUDGIE PANTHEON LXDE LXQT COSMIC".split()
)

_MISSING = {
    Desktop.WINDOWS: "The Credential Manager of Windows keeps them. Restart the computer; if it "
    "stays so, ask whoever looks after it to switch the Credential Manager on.",
    Desktop.MACOS: 'Open the program "Keychain Access", see that the keychain "login" is there, '
    "then start Tacit again.",
    Desktop.GNOME: 'Install "GNOME Keyring" with your system\'s software centre (the package is '
    "called gnome-keyring), log out and in again, then start Tacit again.",
    Desktop.KDE: 'In the System Settings open "KDE Wallet", switch on the wallet and its use for '
    "the Secret Service interface, log out and in again, then start Tacit again.",
    Desktop.OTHER: "Install GNOME Keyring (the package is called gnome-keyring) or KeePassXC, "
    "log out and in again, then start Tacit again.",
    Desktop.NONE: "You are not logged in to a desktop, which would start the keyring. Log in at "
    "the computer itself, or ask whoever looks after it for a keyring without a desktop.",
}
_UNLOCK = {
    Desktop.WINDOWS: "Log out of Windows and in again.",
    Desktop.MACOS: 'Open "Keychain Access" and unlock the keychain "login".',
    Desktop.GNOME: 'Open "Passwords and Keys", unlock the keyring "Login" with the password that '
    "you log in with, then try again.",
    Desktop.KDE: "Open KWalletManager, open your wallet with its password, then try again.",
    Desktop.OTHER: "Unlock it in the program that keeps your passwords, then try again.",
    Desktop.NONE: "It can only ask for its password on a desktop. Log in at the computer itself, "
    "then try again.",
}


def desktop(environment: Mapping[str, str] | None = None, platform: str = sys.platform) -> Desktop:
    """The desktop of this session."""
    variables = os.environ if environment is None else environment
    if platform == "win32":
        return Desktop.WINDOWS
    if platform == "darwin":
        return Desktop.MACOS
    if not (variables.get("DISPLAY") or variables.get("WAYLAND_DISPLAY")):
        return Desktop.NONE
    names = {name.upper() for name in variables.get("XDG_CURRENT_DESKTOP", "").split(":")}
    if "KDE" in names:
        return Desktop.KDE
    return Desktop.GNOME if names & _WITH_GNOME_KEYRING else Desktop.OTHER


def missing(where: Desktop | None = None) -> AppError:
    """There is no keyring, or only one that would write secrets where others can read them."""
    return AppError(
        "This computer has no keyring that keeps passwords and keys safely.",
        _MISSING[where or desktop()],
        code=ErrorCode.KEYRING_MISSING,
    )


def locked() -> AppError:
    """It is locked, and nobody was asked to unlock it."""
    return AppError(
        "Your keyring is locked.",
        "Unlock it, so that Tacit can read what it keeps there.",
        code=ErrorCode.KEYRING_LOCKED,
    )


def still_locked(where: Desktop | None = None) -> AppError:
    """The person closed the dialog, or none could be shown."""
    return AppError(
        "Your keyring is still locked.",
        _UNLOCK[where or desktop()],
        code=ErrorCode.KEYRING_LOCKED,
    )


def silent() -> AppError:
    """It did not answer in time."""
    return AppError(
        "Your keyring does not answer.",
        "Look whether a window asks for its password, perhaps behind this one. If there is "
        "none, log out and in again.",
        code=ErrorCode.KEYRING_SILENT,
    )


def failed(kind: str) -> AppError:
    """It answered with a failure; `kind` names that, and nothing of what was to be kept."""
    return AppError(
        f"Your keyring reports a failure ({kind}).",
        "Try again. If it stays so, log out and in again.",
        code=ErrorCode.KEYRING_FAILED,
    )


def forgetful() -> AppError:
    """What it was given is not what it gives back."""
    return AppError(
        "Your keyring took it, but did not give the same back: it was not kept.",
        "Log out and in again, then try once more.",
        code=ErrorCode.KEYRING_FAILED,
    )
