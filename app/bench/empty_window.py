"""The smallest PySide6 program with a window: what Tacit's start is held against.

Run as a module; prints "shown" when the window has been painted, then ends.
"""

from __future__ import annotations

import sys

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QMainWindow


def main() -> int:
    """Show an empty main window, report its first paint, and leave."""
    application = QApplication(sys.argv)
    window = QMainWindow()
    window.resize(1000, 700)
    window.show()

    def shown() -> None:
        print("shown", flush=True)
        application.quit()

    QTimer.singleShot(0, shown)
    return application.exec()


if __name__ == "__main__":
    sys.exit(main())
