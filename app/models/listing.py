"""What the hub says about models, as plain values, and the verbs that the courier is asked with."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum
from urllib.parse import quote, unquote, urlsplit

from app.core.errors import AppError, ErrorCode
from app.network.verb import Nothing, Verb, codec

HUB = "https://huggingface.co"
MAIN = "main"
_REPOSITORY = re.compile(r"[A-Za-z0-9][\w.-]{0,95}/[A-Za-z0-9][\w.-]{0,95}", re.ASCII)
_REVISION = re.compile(r"[A-Za-z0-9][\w./-]{0,199}", re.ASCII)
# What stands between a repository and a place in it, in addresses of the hub.
_PLACES = ("tree", "blob", "resolve", "raw")


class Gate(StrEnum):
    """Whether a licence has to be accepted on the hub: never, at once, or by a person there."""

    OPEN = "open"
    AUTOMATIC = "automatic"
    MANUAL = "manual"


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """What a person typed or pasted: a repository, and a revision and folder where it names any."""

    repository: str
    revision: str = ""
    folder: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedFile:
    """A file of a repository at one commit, `path` from its top, `size` in bytes.

    Large files have a `sha256`, all others the SHA-1 that git gives them.
    """

    path: str
    size: int
    sha256: str = ""
    git_sha1: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedVariant:
    """One build of a model: what lies in `folder` ("" for the top) and belongs to it.

    `device` ("cpu", "cuda", "dml", "webgpu") and `quantization` are read from names, "" where
    these do not tell.
    """

    folder: str
    device: str
    quantization: str
    files: tuple[ListedFile, ...]

    @property
    def size(self) -> int:
        """Bytes of all its files."""
        return sum(file.size for file in self.files)


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """A repository at `commit`, the smallest variant of each device first."""

    repository: str
    commit: str
    licence: str
    gate: Gate
    variants: tuple[ListedVariant, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundRepository:
    """One result of a search: a repository that holds models for onnxruntime-genai.

    `folders` are those of its variants, `updated` is ISO 8601 ("" where unknown).
    """

    repository: str
    folders: tuple[str, ...]
    licence: str
    gate: Gate
    downloads: int
    updated: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchModels:
    """Repositories whose name contains `query`; at most `most` of them."""

    query: str
    allowed_by: str
    most: int = 50
    token: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundModels:
    """The results, what is downloaded most first."""

    repositories: tuple[FoundRepository, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ListVariants:
    """The variants in `repository` at `revision`: a branch, a tag or a commit."""

    repository: str
    allowed_by: str
    revision: str = MAIN
    token: str = field(default="", repr=False)


SEARCH_MODELS: Verb[SearchModels, Nothing, FoundModels] = Verb(
    name="search-models",
    arguments=codec(SearchModels),
    item=codec(Nothing),
    result=codec(FoundModels),
)
LIST_VARIANTS: Verb[ListVariants, Nothing, Listing] = Verb(
    name="list-variants",
    arguments=codec(ListVariants),
    item=codec(Nothing),
    result=codec(Listing),
)


def address(text: str, hub: str = HUB) -> Address:
    """What `text` means: "owner/name", or an address of the hub; raises `AppError`."""
    wanted = text.strip()
    if "://" in wanted:
        parts = urlsplit(wanted)
        if parts.netloc.lower() not in {urlsplit(HUB).netloc, urlsplit(hub).netloc}:
            raise _no_repository(text)
        wanted = unquote(parts.path).strip("/")
    pieces = wanted.split("/")
    repository, rest = "/".join(pieces[:2]), pieces[2:]
    if not is_repository(repository):
        raise _no_repository(text)
    if not rest:
        return Address(repository=repository)
    if rest[0] not in _PLACES or len(rest) < 2 or not is_revision(rest[1]):
        raise _no_repository(text)
    return Address(repository=repository, revision=rest[1], folder="/".join(rest[2:]))


def is_repository(text: str) -> bool:
    """Whether it can be the name of a repository."""
    return _REPOSITORY.fullmatch(text) is not None and ".." not in text and "--" not in text


def is_revision(text: str) -> bool:
    """Whether it can be the name of a branch or a tag, or a commit."""
    return _REVISION.fullmatch(text) is not None and ".." not in text


def page_of(repository: str) -> str:
    """The repository's page, for a person to look at."""
    return f"{HUB}/{repository}"


def file_url(hub: str, repository: str, commit: str, path: str) -> str:
    """Where the hub has the bytes of a file."""
    return f"{hub.rstrip('/')}/{repository}/resolve/{commit}/{quote(path)}"


def access_refused(repository: str, *, token: str) -> AppError:
    """Why the publisher's gate stayed shut, and how it opens; `token` is the one that was sent."""
    page = page_of(repository)
    if token:
        what = f"Your account at the hub may not download {repository} (yet)."
        todo = f"Ask for access, or wait until it is granted: {page}"
    else:
        what = f"The publisher of {repository} wants its licence to be accepted first."
        todo = (
            f"Accept it at {page}, then enter a token of your account (commands take one with "
            "--token-stdin)."
        )
    return AppError(what, todo, code=ErrorCode.ACCESS_REFUSED)


def _no_repository(text: str) -> AppError:
    shown = text if len(text) <= 100 and text.isprintable() else "This"
    return AppError(
        f"{shown} is no model repository.",
        f'Enter it as "owner/name", or paste its address, which begins with {HUB}/.',
        code=ErrorCode.USAGE,
    )
