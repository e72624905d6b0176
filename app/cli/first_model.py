"""The model that came along is in its place before the first question, as in the window."""

from __future__ import annotations

from app.cli.command import Context


def put_in_place(context: Context) -> None:
    """Install the starter model where an installer brought it and there is no model yet.

    Raises `AppError` where it cannot be installed.
    """
    from app.cli.models_view import manager
    from app.cli.work import run_long
    from app.local_models import model_folders, starter_model

    main = model_folders(context.paths, context.settings())[0]
    starter = starter_model(context.paths, main, context.courier)
    # A folder that is gone may lie on a disk that is not connected: that is said elsewhere.
    if starter.comes_along() and main.is_dir() and not manager(context).library.scan():
        run_long(context.console, starter.install)
