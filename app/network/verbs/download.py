"""Downloads one file of a model; see `app.network.transfer`."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from app.core.egress import Purpose
from app.network.faults import not_allowed
from app.network.transfer.values import (
    FileWanted,
    TransferLimits,
    TransferProgress,
    TransferResult,
)
from app.network.verb import Handler, Verb, VerbContext, codec
from app.network.verbs import hub


@dataclass(frozen=True, slots=True, kw_only=True)
class Download:
    """The file at `url`, to a target within the policy's writable folders. `token` goes to
    its own origin alone."""

    url: str
    file: FileWanted
    purpose: Purpose
    allowed_by: str
    label: str = ""
    limits: TransferLimits = field(default_factory=TransferLimits)
    token: str = field(default="", repr=False)


DOWNLOAD: Verb[Download, TransferProgress, TransferResult] = Verb(
    name="download",
    arguments=codec(Download),
    item=codec(TransferProgress),
    result=codec(TransferResult),
)


def handler() -> Handler[Download, TransferProgress, TransferResult]:
    """The courier's side of `DOWNLOAD`."""
    return Handler(verb=DOWNLOAD, reach=hub.REACH, run=_download)


def check_writable(target: Path, writable: tuple[str, ...]) -> None:
    """Raises `AppError` where `target` lies in none of the folders, links followed."""
    real = target.parent.resolve() / target.name
    if not any(real.is_relative_to(Path(folder).resolve()) for folder in writable):
        raise not_allowed(f"The courier may not write {target.name} there.")


def _download(arguments: Download, context: VerbContext[TransferProgress]) -> TransferResult:
    from app.network import http, url
    from app.network.transfer.transfer import transfer

    where = url.parse(arguments.url)
    check_writable(Path(arguments.file.target), context.policy.writable)
    bearer = http.bearer(arguments.token)
    with context.open(
        arguments.purpose,
        *hub.way_to(where, arguments.purpose, context.policy),
        label=arguments.label,
        allowed_by=arguments.allowed_by,
    ) as passage:
        return transfer(
            arguments.file,
            lambda headers: http.request(
                passage,
                arguments.url,
                {**headers, **bearer},
                timeout_s=arguments.limits.silence_s,
            ),
            tell=context.tell,
            cancel=context.cancel,
            limits=arguments.limits,
        )
