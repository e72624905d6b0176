"""The hub, asked through the gateway, by its own library (`hub_library`)."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, Any

from app.core.cancel import CancelToken
from app.core.egress import Purpose
from app.core.errors import AppError, ErrorCode
from app.models import hub_library, variants
from app.models.listing import (
    FoundModels,
    FoundRepository,
    Gate,
    ListedFile,
    Listing,
    ListVariants,
    SearchModels,
    access_refused,
    is_repository,
    is_revision,
)
from app.network import http
from app.network.faults import TransientError, stopped
from app.network.gateway import Passage
from app.network.url import parse
from app.network.verb import Nothing, VerbContext
from app.network.verbs.hub import way_to

if TYPE_CHECKING:
    import httpx2
    from huggingface_hub import HfApi

_LARGEST_ANSWER = 64 * 2**20
_MOST_LOOKED_AT = 300
_TRIES = 4
_PAUSE_S = 1.0
_LONGEST_WAIT_S = 60.0


def search(arguments: SearchModels, context: VerbContext[Nothing]) -> FoundModels:
    """The result of `SEARCH_MODELS`; blocking. Raises `AppError`."""
    label = f"search for {arguments.query}" if arguments.query.isprintable() else "search"
    with _opened(context, label[:100], arguments.allowed_by, arguments.token) as api:
        found = api.list_models(
            search=arguments.query,
            filter="onnx",
            sort="downloads",
            full=True,
            limit=_MOST_LOOKED_AT,
        )
        results: list[FoundRepository] = []
        for info in found:
            result = _found(info)
            if result.folders and is_repository(result.repository):
                results.append(result)
            if len(results) >= arguments.most:
                break
    return FoundModels(repositories=tuple(results))


def list_variants(arguments: ListVariants, context: VerbContext[Nothing]) -> Listing:
    """The result of `LIST_VARIANTS`; blocking. Raises `AppError`."""
    repository = arguments.repository
    if not is_repository(repository) or not is_revision(arguments.revision):
        raise _not_found(repository, arguments.revision)
    try:
        with _opened(context, repository, arguments.allowed_by, arguments.token) as api:
            info = api.model_info(repository, revision=arguments.revision, files_metadata=True)
    except _RefusedError as refused:
        raise _in_words(refused, arguments) from None
    commit = str(info.sha or "")
    if len(commit) != 40 or not commit.isalnum():
        raise _nonsense()
    files = [_listed(sibling) for sibling in info.siblings or ()]
    return Listing(
        repository=repository,
        commit=commit,
        licence=_licence(info),
        gate=_gate(info),
        variants=variants.tell_apart(repository, files),
    )


@contextlib.contextmanager
def _opened(
    context: VerbContext[Nothing], label: str, allowed_by: str, token: str
) -> Iterator[HfApi]:
    """The library's client, whose requests leave through the gateway opened for this call."""
    http.bearer(token)  # before the library could quote a wrong one
    where = parse(context.policy.hub)
    ways = way_to(where, Purpose.MODEL_LIST, context.policy)
    with (
        context.open(Purpose.MODEL_LIST, *ways, label=label, allowed_by=allowed_by) as passage,
        hub_library.through(partial(_send, passage, context.cancel)),
        _errors(),
    ):
        yield hub_library.library().HfApi(
            endpoint=context.policy.hub.rstrip("/"), token=token or False
        )


class _RefusedError(AppError):
    """The hub's answer with a status and its own code for what is wrong."""

    def __init__(self, status: int, code: str) -> None:
        super().__init__(
            f"The hub refused ({status}).", "Try again later.", code=ErrorCode.CONNECTION_FAILED
        )
        self.status = status
        self.reason = code


@contextlib.contextmanager
def _errors() -> Iterator[None]:
    """What the library raises, in words: its own texts quote addresses and headers."""
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError

    try:
        yield
    except HfHubHTTPError as error:
        response = error.response
        raise _RefusedError(
            response.status_code, response.headers.get("X-Error-Code", "")
        ) from None
    except (HFValidationError, ValueError, KeyError, TypeError, AttributeError):
        raise _nonsense() from None


def _in_words(refused: _RefusedError, asked: ListVariants) -> AppError:
    status, reason = refused.status, refused.reason
    if reason == "GatedRepo":
        return access_refused(asked.repository, token=asked.token)
    if reason in {"RepoNotFound", "RevisionNotFound"} or status == 404:
        revision = asked.revision if reason == "RevisionNotFound" else ""
        return _not_found(asked.repository, revision)
    if status == 401 and asked.token:
        return AppError(
            "The hub does not know this token.",
            "Make a new one at https://huggingface.co/settings/tokens and enter it.",
            code=ErrorCode.ACCESS_REFUSED,
        )
    if status in {401, 403}:
        return access_refused(asked.repository, token=asked.token)
    return refused


def _send(passage: Passage, cancel: CancelToken, request: httpx2.Request) -> httpx2.Response:
    """Answer a request of the library; what it adds of its own (its version, Python's, an id
    for each request) stays here."""
    import httpx2

    kept = {
        name: request.headers[name]
        for name in ("Accept", "Authorization")
        if name in request.headers
    }
    with _patiently(passage, str(request.url), kept, request.method, cancel) as response:
        return httpx2.Response(
            response.status, headers=response.headers, content=response.read(_LARGEST_ANSWER)
        )


def _patiently(
    passage: Passage, url: str, headers: dict[str, str], method: str, cancel: CancelToken
) -> http.Response:
    """The answer, asked for again where the server is busy: the library would give up at once."""
    for attempt in range(1, _TRIES + 1):
        try:
            response = http.request(passage, url, headers, method=method)
            if response.status != 429 and response.status < 500:
                return response
            with response:
                http.check(response)
        except TransientError as problem:
            pause = problem.retry_after_s
            pause = _PAUSE_S * attempt if pause is None else pause
            if attempt == _TRIES or pause > _LONGEST_WAIT_S:
                raise
            if cancel.wait(pause):
                raise stopped() from None
    raise AssertionError("the last try returns or raises")


def _found(info: Any) -> FoundRepository:
    return FoundRepository(
        repository=str(info.id),
        folders=variants.folders(sibling.rfilename for sibling in info.siblings or ()),
        licence=_licence(info),
        gate=_gate(info),
        downloads=int(info.downloads or 0),
        updated=info.last_modified.isoformat() if info.last_modified else "",
    )


def _listed(sibling: Any) -> ListedFile:
    lfs = sibling.lfs
    size = lfs.size if lfs is not None else sibling.size
    return ListedFile(
        path=str(sibling.rfilename),
        size=int(-1 if size is None else size),
        sha256=str(lfs.sha256) if lfs is not None else "",
        git_sha1="" if lfs is not None else str(sibling.blob_id or ""),
    )


def _gate(info: Any) -> Gate:
    if not info.gated:
        return Gate.OPEN
    return Gate.MANUAL if info.gated == "manual" else Gate.AUTOMATIC


def _licence(info: Any) -> str:
    """The licence's short name, as "mit"; "" where the repository names none."""
    tags = [str(tag) for tag in info.tags or ()]
    named = [tag.removeprefix("license:") for tag in tags if tag.startswith("license:")]
    return " ".join(named[0].split())[:100] if named else ""


def _not_found(repository: str, revision: str) -> AppError:
    if revision:
        return AppError(
            f'The repository {repository} has no revision "{revision[:100]}".',
            "Leave it out for the newest, or name a branch, a tag or a commit.",
            code=ErrorCode.MODEL_MISSING,
        )
    return AppError(
        f"The hub has no model repository {repository[:200]}, or it is private.",
        "Check its name; for a private one, enter a token that may read it.",
        code=ErrorCode.MODEL_MISSING,
    )


def _nonsense() -> AppError:
    return AppError(
        "What the hub answered could not be understood.",
        "Try again later; a mirror in between may not know this repository.",
        code=ErrorCode.CONNECTION_FAILED,
    )
