"""From what the hub lists to a plan: which files, under which id, instead of what."""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable, Sequence
from pathlib import Path

from app.core.errors import AppError, ErrorCode
from app.models.catalogue import Catalogue
from app.models.downloads.fetching import name_of
from app.models.downloads.values import Kind, Plan
from app.models.library import InstalledModel
from app.models.listing import Gate, ListedFile, ListedVariant, Listing
from app.models.manager import Repair
from app.models.names import slug
from app.models.shelf import Shelf


class Planner:
    """Makes plans. `catalogue` knows the names that people call models by."""

    def __init__(self, shelf: Shelf, catalogue: Callable[[], Catalogue]) -> None:
        self._shelf = shelf
        self._catalogue = catalogue

    def install(self, listing: Listing, variant: ListedVariant, *, with_token: bool) -> Plan:
        """A new model; blocking. Raises `AppError` where this very commit is installed."""
        for model in self._installed(listing.repository, variant.folder):
            if model.commit == listing.commit:
                raise AppError(
                    f'This model is on the computer already, as "{model.id}".',
                    "Nothing has to be done.",
                    code=ErrorCode.USAGE,
                )
        name, wanted = self._names(listing.repository, variant.folder)
        return _plan(
            Kind.INSTALL,
            listing,
            variant.folder,
            variant.files,
            model_id=self._shelf.free_id(wanted),
            name=name,
            with_token=with_token,
        )

    def update(self, model: InstalledModel, listing: Listing, *, with_token: bool) -> Plan | None:
        """The newer commit of an installed model, None where it has the newest one.

        Raises `AppError` where the repository has this variant no more.
        """
        root = _root(model)
        if os.path.realpath(root) != os.path.realpath(self._shelf.main):
            raise AppError(
                f'"{model.id}" lies in a further folder, where models are not updated.',
                "Remove it there and download it anew.",
                code=ErrorCode.USAGE,
            )
        if model.commit == listing.commit:
            return None
        variant = find(listing, model.variant)
        return _plan(
            Kind.UPDATE,
            listing,
            variant.folder,
            variant.files,
            model_id=model.id,
            name=model.name,
            with_token=with_token,
        )

    def repair(
        self, model: InstalledModel, repair: Repair, listing: Listing, *, with_token: bool
    ) -> Plan:
        """The files that a model lacks, from the commit that it came from; raises `AppError`."""
        _root(model)
        listed = {name_of(file): file for file in find(listing, repair.manifest.folder).files}
        files = []
        for missing in repair.missing:
            file = listed.get(missing.name)
            digest = missing.git_sha1 if file is None or not file.sha256 else missing.sha256
            if file is None or digest not in {file.sha256, file.git_sha1}:
                raise AppError(
                    f"{missing.name} of {model.name} is not at its source any more.",
                    "Remove the model and download it again.",
                    code=ErrorCode.MODEL_BROKEN,
                )
            files.append(file)
        return _plan(
            Kind.REPAIR,
            listing,
            repair.manifest.folder,
            files,
            model_id=model.id,
            name=model.name,
            with_token=with_token,
        )

    def _installed(self, repository: str, folder: str) -> list[InstalledModel]:
        return [
            model
            for model in self._shelf.library.scan()
            if model.repository.casefold() == repository.casefold() and model.variant == folder
        ]

    def _names(self, repository: str, folder: str) -> tuple[str, str]:
        """What a person calls the variant, and the id that it should get."""
        known = self._catalogue().find(repository, folder)
        if known is not None:
            entry, variant = known
            return entry.name, slug(f"{entry.id}-{variant.id}")
        name = repository.rpartition("/")[2]
        return name.replace("-", " ").replace("_", " "), slug(
            "-".join(part for part in (name, folder.rpartition("/")[2]) if part)
        )


def find(listing: Listing, folder: str) -> ListedVariant:
    """The variant in that folder; raises `AppError` with those that there are."""
    wanted = folder.strip("/")
    for variant in listing.variants:
        if variant.folder == wanted:
            return variant
    raise AppError(
        f"{listing.repository} has no variant {wanted or 'at its top'}.",
        f"It has: {names(listing)}.",
        code=ErrorCode.MODEL_MISSING,
    )


def names(listing: Listing) -> str:
    """Its variants as a part of a sentence."""
    return ", ".join(variant.folder or "(top)" for variant in listing.variants) or "none"


def _root(model: InstalledModel) -> Path:
    if model.root is None:
        raise AppError(
            f'"{model.id}" lies outside the library and is not changed by Tacit.',
            "Download the model again where it came from, or import a copy.",
            code=ErrorCode.USAGE,
        )
    return model.root


def _plan(
    kind: Kind,
    listing: Listing,
    folder: str,
    files: Sequence[ListedFile],
    *,
    model_id: str,
    name: str,
    with_token: bool,
) -> Plan:
    return Plan(
        id=uuid.uuid4().hex,
        kind=kind,
        model_id=model_id,
        name=name,
        repository=listing.repository,
        commit=listing.commit,
        folder=folder,
        licence=listing.licence,
        needs_token=with_token or listing.gate is not Gate.OPEN,
        files=tuple(files),
    )
