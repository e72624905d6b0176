"""How the model commands show a model: as rows and facts for people, as JSON for scripts."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from app.cli.command import Context
from app.cli.output import short_path, size
from app.core.errors import AppError, ErrorCode

if TYPE_CHECKING:
    from app.models.fit import Fit
    from app.models.library import InstalledModel
    from app.models.manager import ModelManager
    from app.models.page import ModelPage
    from app.models.trials import Trial

HEADINGS = ("id", "name", "size", "context", "kind", "device", "verified", "last used", "state")
_VERIFIED = {"yes": "yes", "not-yet": "not yet", "no-manifest": "no list"}


def manager(context: Context) -> ModelManager:
    """What works with the models; finishes a move of the library that was interrupted."""
    from app.local_models import model_manager

    made = model_manager(context.paths, context.settings())
    try:
        made.recover()
    except AppError as error:
        if error.code is not ErrorCode.LIBRARY_BUSY:  # else somebody is at it right now
            context.console.note(f"tacit: {error.sentence}")
    return made


def row(model: InstalledModel) -> tuple[str, ...]:
    """One line of the list."""
    return (
        model.id,
        model.name,
        size(model.size_bytes),
        str(model.context_length or ""),
        " ".join(part for part in (model.model_type, model.quantization) if part),
        model.device,
        _VERIFIED[model.verified],
        day(model.last_used),
        model.problem.what if model.problem is not None else "ready",
    )


def facts(model: InstalledModel, page: ModelPage, fit: Fit | None) -> dict[str, str]:
    """What `show` says, in order."""
    lies = "elsewhere, used where it is" if model.is_reference else "in the library"
    found = {
        "id": model.id,
        "name": model.name,
        "folder": f"{short_path(model.folder)} ({lies})",
        "size": size(model.size_bytes),
        "kind": model.model_type,
        "quantization": model.quantization,
        "device": model.device,
        "context": f"{model.context_length} tokens" if model.context_length else "unknown",
        "licence": model.licence or "unknown",
        "verified": _VERIFIED[model.verified],
        "last used": day(model.last_used) or "never",
    }
    if model.repository:
        found["from"] = f"{model.repository} {model.variant} {model.commit[:12]}".strip()
    if fit is not None:
        found["here"] = " ".join(fit.sentences)
    if page.defaults:
        found["defaults"] = ", ".join(f"{key} {value}" for key, value in page.defaults.items())
    if page.special_tokens:
        shown = [token.text for token in page.special_tokens if token.ends_answer]
        found["end tokens"] = " ".join(shown)
    found["template"] = f"{len(page.template)} characters" if page.template else "none"
    return found


def document(model: InstalledModel) -> dict[str, Any]:
    """The JSON object of a model."""
    return {
        "id": model.id,
        "name": model.name,
        "folder": str(model.folder),
        "size_bytes": model.size_bytes,
        "model_type": model.model_type,
        "context_length": model.context_length,
        "quantization": model.quantization,
        "licence": model.licence,
        "device": model.device,
        "repository": model.repository,
        "commit": model.commit,
        "variant": model.variant,
        "verified": str(model.verified),
        "last_used": model.last_used,
        "is_reference": model.is_reference,
        "problem": problem(model.problem),
    }


def problem(error: AppError | None) -> dict[str, str] | None:
    """The JSON object of what is wrong."""
    if error is None:
        return None
    return {"code": str(error.code), "what": error.what, "todo": error.todo}


def fit_document(fit: Fit) -> dict[str, Any]:
    """The JSON object of a fit."""
    return {
        "verdict": str(fit.verdict),
        "sentences": list(fit.sentences),
        "memory_bytes": fit.memory_bytes,
        "context": fit.context,
        "tokens_per_s": None if fit.tokens_per_s is None else round(fit.tokens_per_s, 2),
    }


def trial_line(trial: Trial) -> str:
    """A measurement in one line."""
    return (
        f"{day(trial.at)}: first token after {trial.first_token_s:.2f} s, "
        f"{trial.tokens_per_s:.0f} tokens a second on {trial.device}, "
        f"{size(trial.memory_bytes)} of memory"
    )


def day(at: float | None) -> str:
    """A moment as a date, "" for none."""
    return "" if at is None else time.strftime("%Y-%m-%d", time.localtime(at))
