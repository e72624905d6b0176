"""Attempts to get out through Qt's own network code, which no hook of Python's would see."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, QCoreApplication, QEventLoop, QTimer, QUrl
from PySide6.QtNetwork import (
    QAbstractSocket,
    QHostAddress,
    QNetworkAccessManager,
    QNetworkProxy,
    QNetworkReply,
    QNetworkRequest,
    QTcpSocket,
    QUdpSocket,
)

from app.core.proof import Attempt
from app.process.proof.sockets import PORT
from app.process.proof.trying import result
from app.process.seal.seal import NO_NETWORK

_WAIT_MS = 2_000
_BY = "Qt"
# What becomes of a socket that may not be opened. Where it may, this machine itself answers,
# if only that nobody listens.
_NO_SOCKET = QNetworkReply.NetworkError.UnknownNetworkError


def try_through_qt() -> tuple[Attempt, ...]:
    """TCP, UDP and HTTP to this machine itself; blocks for some milliseconds.

    May be called from any thread: what it makes lives and ends on it.
    """
    # Qt's sockets need one, whatever it is an application for.
    application = QCoreApplication.instance() or QCoreApplication([])
    attempts = (_tcp(), _udp(), _http())
    del application
    return attempts


def _tcp() -> Attempt:
    socket = QTcpSocket()
    socket.setProxy(_no_proxy())
    socket.connectToHost("127.0.0.1", PORT)
    is_connected = socket.waitForConnected(_WAIT_MS)
    error = socket.error()
    socket.abort()
    holds = not is_connected and error == QAbstractSocket.SocketError.SocketAccessError
    return _result("TCP by QTcpSocket", "it was connected" if is_connected else error.name, holds)


def _udp() -> Attempt:
    socket = QUdpSocket()
    sent = socket.writeDatagram(QByteArray(b""), QHostAddress("127.0.0.1"), PORT)
    error = socket.error()
    socket.close()
    holds = sent < 0 and error == QAbstractSocket.SocketError.SocketAccessError
    return _result("UDP by QUdpSocket", "it was sent" if sent >= 0 else error.name, holds)


def _http() -> Attempt:
    manager = QNetworkAccessManager()
    manager.setProxy(_no_proxy())
    request = QNetworkRequest(QUrl(f"http://127.0.0.1:{PORT}/"))
    request.setTransferTimeout(_WAIT_MS)
    reply, waiting = manager.get(request), QEventLoop()
    reply.finished.connect(waiting.quit)
    if not reply.isFinished():
        QTimer.singleShot(2 * _WAIT_MS, waiting.quit)
        waiting.exec(QEventLoop.ProcessEventsFlag.ExcludeUserInputEvents)
    error = reply.error()
    return _result("HTTP by QNetworkAccessManager", error.name, error == _NO_SOCKET)


def _no_proxy() -> QNetworkProxy:
    return QNetworkProxy(QNetworkProxy.ProxyType.NoProxy)


def _result(name: str, said: str, holds: bool) -> Attempt:
    return result(name, said, by=_BY, part=NO_NETWORK, holds=holds)
