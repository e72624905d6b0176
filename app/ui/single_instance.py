"""One window for each data folder: a second start brings the first one to the front."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QLockFile, QObject, Signal
from PySide6.QtNetwork import QLocalServer, QLocalSocket

from app.core.errors import AppError, ErrorCode

_SHOW, _SHOWN, _CLOSING = b"show\n", b"shown\n", b"closing\n"
_CONNECT_MS = 500
_ANSWER_MS = 3000
_CLOSED_MS = 15_000
_LOCK_MS = 20_000


class SingleInstance(QObject):
    """The first start listens on a local socket whose name belongs to the data folder.

    `is_closing` is asked when another start calls: it then waits for this one's end.

    Signals:
        show_wanted: another start wants to see the window.
    """

    show_wanted = Signal()

    def __init__(self, root: Path, run_dir: Path, is_closing: Callable[[], bool]) -> None:
        super().__init__()
        self._name = socket_name(root)
        self._lock_file = str(run_dir / "window.lock")
        self._is_closing = is_closing
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._on_connection)

    def acquire(self) -> bool:
        """True where this is the first start; False where another one showed its window.

        Raises `AppError` where another one is there and does not answer.
        """
        # Two starts in the same moment must not both find nobody and both begin.
        lock = QLockFile(self._lock_file)
        lock.setStaleLockTime(0)
        lock.tryLock(_LOCK_MS)
        try:
            if self._call_other():
                return False
            self._listen()
            return True
        finally:
            lock.unlock()

    def release(self) -> None:
        """Listen no more."""
        self._server.close()

    def _call_other(self) -> bool:
        socket = QLocalSocket()
        socket.connectToServer(self._name)
        if not socket.waitForConnected(_CONNECT_MS):
            return False
        socket.write(_SHOW)
        socket.flush()
        if not socket.waitForReadyRead(_ANSWER_MS):
            raise AppError(
                "Tacit is open already, but does not answer.",
                "Wait a moment and try again, or end it in the system's list of processes.",
                code=ErrorCode.STORE_UNWRITABLE,
            )
        if bytes(socket.readAll().data()) == _CLOSING:
            socket.waitForDisconnected(_CLOSED_MS)
            return False
        return True

    def _listen(self) -> None:
        if not self._server.listen(self._name):
            # Nobody answered above: the socket was left behind by a start that was killed.
            QLocalServer.removeServer(self._name)
            # Where this fails, too, the lock of the history still keeps two writers apart.
            self._server.listen(self._name)

    def _on_connection(self) -> None:
        while (socket := self._server.nextPendingConnection()) is not None:
            socket.readyRead.connect(lambda socket=socket: self._on_call(socket))
            socket.disconnected.connect(socket.deleteLater)

    def _on_call(self, socket: QLocalSocket) -> None:
        socket.readAll()
        if self._is_closing():
            socket.write(_CLOSING)
            socket.flush()
        else:
            socket.write(_SHOWN)
            socket.flush()
            self.show_wanted.emit()


def socket_name(root: Path) -> str:
    """The same for every spelling of the folder, and another one for every folder."""
    folder = os.path.normcase(os.path.realpath(root))
    name = f"tacit-{hashlib.sha256(folder.encode()).hexdigest()[:24]}"
    # The user's own runtime folder, where others cannot put a socket of that name.
    private = os.environ.get("XDG_RUNTIME_DIR", "")
    return str(Path(private) / name) if private and Path(private).is_dir() else name
