"""The model that came along is in its place before the first question, as in the window."""

from __future__ import annotations

from app.cli.command import Context


def put_in_place(context: Context) -> None:
    """Install the starter model where an installer brought it and there is no model yet.

    Raises `AppError` where it cannot be installed.
    """
    from app.cli.models_view import manager
    from app.cli.work import run_long
    from app.local_models import starter_model

    library = manager(context).library
    # A folder that is gone may lie on a disk that is not connected: that is said elsewhere.
    if not library.main.is_dir() or library.scan():
        return
    starter = starter_model(context.paths, library.main, context.courier)
    if starter.comes_along():
        run_long(context.console, starter.install)
