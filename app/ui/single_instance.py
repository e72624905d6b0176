"""One window for each data folder: a second start tells the first one what it is for."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QLockFile, QObject, Signal

from app.core.errors import AppError, ErrorCode
from app.core.opening import PLAIN, Opening

if TYPE_CHECKING:  # heavy: a first start needs it after its window is shown, not before
    from PySide6.QtNetwork import QLocalServer, QLocalSocket

_SHOW, _SHOWN, _CLOSING = b"show\n", b"shown\n", b"closing\n"
_OPEN, _NEW_CHAT = b"open ", b"new-chat\n"
_CONNECT_MS = 500
_ANSWER_MS = 3000
_TRY_MS = 100
_WAIT_S = 20.0


class SingleInstance(QObject):
    """The first start holds a lock file in `run_dir` and listens on a local socket.

    The lock of a start that was killed is recognised by its process id. `is_closing` is
    asked when another start calls: that one then waits for this one's end. `opening` is what
    this start is for; where it is not the first, the first one is told.

    Signals:
        show_wanted: another start wants to see the window.
        open_wanted(object Opening): it is for more than that.
    """

    show_wanted = Signal()
    open_wanted = Signal(object)

    def __init__(
        self,
        root: Path,
        run_dir: Path,
        is_closing: Callable[[], bool],
        opening: Opening = PLAIN,
    ) -> None:
        super().__init__()
        self._opening = opening
        self._root = root
        self._is_closing = is_closing
        self._lock = QLockFile(str(run_dir / "window.lock"))
        self._lock.setStaleLockTime(0)
        self._server: QLocalServer | None = None

    def acquire(self) -> bool:
        """True where this is the first start; False where another one showed its window.

        Raises `AppError` where another one is there and does not answer.
        """
        if self._is_first(0):
            return True
        deadline = time.monotonic() + _WAIT_S
        while time.monotonic() < deadline:
            # It may have begun a moment ago, or be about to end: then nobody listens.
            if self._show_other():
                return False
            if self._is_first(_TRY_MS):
                return True
        raise _mute()

    def listen(self) -> None:
        """Answer other starts from now on."""
        from PySide6.QtNetwork import QLocalServer

        server = QLocalServer(self)
        server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        server.newConnection.connect(self._on_connection)
        name = socket_name(self._root)
        # The lock says that nobody else listens: what lies there was left by a killed one.
        QLocalServer.removeServer(name)
        # Where this fails, a second start says that this one does not answer.
        server.listen(name)
        self._server = server

    def release(self) -> None:
        """Let another start be the first."""
        if self._server is not None:
            self._server.close()
        self._lock.unlock()

    def _is_first(self, wait_ms: int) -> bool:
        if self._lock.tryLock(wait_ms):
            return True
        # A folder that cannot be written says so when the history is opened.
        return self._lock.error() != QLockFile.LockError.LockFailedError

    def _show_other(self) -> bool:
        """Whether another start showed its window; False where it is closing or not there."""
        from PySide6.QtNetwork import QLocalSocket

        socket = QLocalSocket()
        socket.connectToServer(socket_name(self._root))
        if not socket.waitForConnected(_CONNECT_MS):
            return False
        socket.write(_call(self._opening))
        socket.flush()
        if not socket.waitForReadyRead(_ANSWER_MS):
            raise _mute()
        return bytes(socket.readAll().data()) == _SHOWN

    def _on_connection(self) -> None:
        while self._server is not None and self._server.hasPendingConnections():
            socket = self._server.nextPendingConnection()
            socket.readyRead.connect(lambda socket=socket: self._on_call(socket))
            socket.disconnected.connect(socket.deleteLater)

    def _on_call(self, socket: QLocalSocket) -> None:
        if not socket.canReadLine():
            return
        call = bytes(socket.readLine().data())
        closing = self._is_closing()
        socket.write(_CLOSING if closing else _SHOWN)
        socket.flush()
        if closing:
            return
        self.show_wanted.emit()
        if (opening := _opening_of(call)) != PLAIN:
            self.open_wanted.emit(opening)


def socket_name(root: Path) -> str:
    """The same for every spelling of the folder, and another one for every folder."""
    from hashlib import sha256

    folder = os.path.normcase(os.path.realpath(root))
    name = f"tacit-{sha256(folder.encode()).hexdigest()[:24]}"
    # The user's own runtime folder, where others cannot put a socket of that name.
    private = os.environ.get("XDG_RUNTIME_DIR", "")
    return str(Path(private) / name) if private and Path(private).is_dir() else name


def _call(opening: Opening) -> bytes:
    if opening.file is not None:
        # A name may hold whatever would end a line.
        return _OPEN + os.fsencode(opening.file).hex().encode() + b"\n"
    return _NEW_CHAT if opening.new_chat else _SHOW


def _opening_of(call: bytes) -> Opening:
    """What `_call` was made of; only the window for everything else."""
    if call == _NEW_CHAT:
        return Opening(new_chat=True)
    if not call.startswith(_OPEN):
        return PLAIN
    try:
        name = os.fsdecode(bytes.fromhex(call.removeprefix(_OPEN).decode()))
    except ValueError:
        return PLAIN
    return Opening(file=Path(name)) if name else PLAIN


def _mute() -> AppError:
    return AppError(
        "Tacit is open already, but does not answer.",
        "Wait a moment and try again, or end it in the system's list of processes.",
        code=ErrorCode.STORE_UNWRITABLE,
    )
