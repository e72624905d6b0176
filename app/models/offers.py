"""What a person can choose from before a download: variants, their size, and whether they fit.

The catalogue is on this computer; what lies behind `search` and `look` is asked of the hub.
A plan is made only of what is listed at that moment, so the numbers that count are the hub's.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from app.core.cancel import CancelToken
from app.core.errors import AppError, ErrorCode
from app.models import listing as listings
from app.models.asking import Hub
from app.models.catalogue import Catalogue, Entry
from app.models.downloads import planning
from app.models.downloads.planning import Planner
from app.models.downloads.values import Plan
from app.models.fit import USUAL_CONTEXT, Fit, Need, Verdict, choices, fit
from app.models.listing import Address, FoundRepository, Gate, ListedVariant, Listing
from app.models.machine import Machine

_ORDER = ("cuda", "dml", "cpu")
_HIDDEN = (ErrorCode.ACCESS_REFUSED, ErrorCode.MODEL_MISSING)

Key = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """One variant that can be downloaded: what lies in `folder` of `repository`.

    `size` is in bytes. `is_checked` is false where names and sizes were never compared with
    the hub, `is_estimate` true where its memory was only estimated from its size.
    """

    name: str
    repository: str
    folder: str
    revision: str = ""
    devices: tuple[str, ...]
    quantization: str
    size: int
    fit: Fit
    is_checked: bool = True
    is_estimate: bool = False

    @property
    def key(self) -> Key:
        """What names the variant, at whatever commit."""
        return self.repository.casefold(), self.folder


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownModel:
    """A model of the catalogue with its variants, the recommended one first."""

    entry: Entry
    offers: tuple[Offer, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferedRepository:
    """A repository of the hub with its variants, the recommended one first."""

    repository: str
    licence: str
    gate: Gate
    offers: tuple[Offer, ...]


class Offers:
    """`machine` examines this computer; `token` gives the person's token, "" for none, and is
    asked only where the hub wants one; `hub_address` says which hub. All methods but `host`
    block, and raise `AppError`."""

    def __init__(
        self,
        hub: Hub,
        planner: Planner,
        *,
        catalogue: Callable[[], Catalogue],
        machine: Callable[[], Machine],
        token: Callable[[], str],
        hub_address: Callable[[], str],
    ) -> None:
        self._hub = hub
        self._planner = planner
        self._catalogue = catalogue
        self._machine = machine
        self._token = token
        self._hub_address = hub_address

    def host(self) -> str:
        """Which server is asked, as a person knows it; cheap."""
        try:
            return urlsplit(self._hub_address()).netloc
        except AppError:
            return urlsplit(listings.HUB).netloc

    def known(self) -> tuple[KnownModel, ...]:
        """The catalogue, what this computer cannot run last."""
        machine = self._machine()
        models = [_known(entry, machine) for entry in self._catalogue().models]
        return tuple(sorted(models, key=lambda model: _is_refused(model.offers[0].fit)))

    def address(self, text: str) -> Address:
        """The repository that was typed or pasted."""
        return listings.address(text, self._hub_address())

    def search(self, query: str, cancel: CancelToken) -> tuple[FoundRepository, ...]:
        """Repositories of the hub with models for this program and `query` in their name."""
        return self._hub.search(query, cancel)

    def look(self, where: Address, cancel: CancelToken) -> OfferedRepository:
        """The variants in a repository, or the one in the folder that `where` names."""
        listing, _with_token = self._listing(where.repository, where.revision, cancel)
        if not listing.variants:
            raise AppError(
                f"{listing.repository} holds no model for this program.",
                "It needs a genai_config.json and ONNX files beside it.",
                code=ErrorCode.MODEL_UNSUPPORTED,
            )
        variants = listing.variants
        if where.folder:
            variants = (planning.find(listing, where.folder),)
        catalogue, machine = self._catalogue(), self._machine()
        offers = [
            _offer(listing, variant, where.revision, catalogue, machine) for variant in variants
        ]
        return OfferedRepository(
            repository=listing.repository,
            licence=listing.licence,
            gate=listing.gate,
            offers=tuple(sorted(offers, key=_preference)),
        )

    def plan(self, offer: Offer, cancel: CancelToken) -> Plan:
        """What is to be downloaded, refused where it will not fit or the gate is shut."""
        listing, with_token = self._listing(offer.repository, offer.revision, cancel)
        variant = planning.find(listing, offer.folder)
        found = _offer(listing, variant, offer.revision, self._catalogue(), self._machine())
        if _is_refused(found.fit):
            raise AppError(
                f"{offer.name} will not fit this computer. {found.fit.sentences[0]}",
                "Nothing was fetched. Choose a smaller model or another variant.",
                code=ErrorCode.MODEL_UNSUPPORTED,
            )
        if listing.gate is not Gate.OPEN and not with_token:
            # One whom the keyring leaves without a token needs one, too: it is asked for there.
            refusal = listings.access_refused(listing.repository, token="")
            if not self._has_token(refusal):
                raise refusal
            with_token = True
        return self._planner.install(listing, variant, with_token=with_token)

    def _listing(self, repository: str, revision: str, cancel: CancelToken) -> tuple[Listing, bool]:
        """What the hub lists, and whether it took the person's token to see it."""
        try:
            return self._hub.variants(repository, cancel, revision=revision), False
        except AppError as error:
            # The hub hides what is private; the token is sent only where it may help.
            if error.code not in _HIDDEN or not self._has_token(error):
                raise
        return self._hub.variants(repository, cancel, revision=revision, with_token=True), True

    def _has_token(self, refusal: AppError) -> bool:
        try:
            return bool(self._token())
        except AppError:  # a keyring in the way must not hide what the hub said
            raise refusal from None


def _known(entry: Entry, machine: Machine) -> KnownModel:
    best: dict[str, Offer] = {}
    for choice in choices(entry, machine):
        variant = choice.variant
        best.setdefault(
            variant.id,
            Offer(
                name=entry.name,
                repository=variant.repository,
                folder=variant.folder,
                devices=variant.devices,
                quantization=variant.quantization,
                size=variant.download_bytes,
                fit=choice.fit,
                is_checked=variant.checked,
            ),
        )
    return KnownModel(entry=entry, offers=tuple(best.values()))


def _offer(
    listing: Listing,
    variant: ListedVariant,
    revision: str,
    catalogue: Catalogue,
    machine: Machine,
) -> Offer:
    known = catalogue.find(listing.repository, variant.folder)
    if known is not None:
        entry, described = known
        name, devices = entry.name, described.devices
        needs = [Need.of(entry, described, device) for device in devices]
    else:
        name, devices = listing.repository.rpartition("/")[2], (variant.device or "cpu",)
        needs = [_like(variant.size, device, catalogue) for device in devices]
    fits = [fit(replace(need, download_bytes=variant.size), machine) for need in needs]
    return Offer(
        name=name,
        repository=listing.repository,
        folder=variant.folder,
        revision=revision,
        devices=devices,
        quantization=variant.quantization,
        size=variant.size,
        fit=min(fits, key=_is_refused),
        is_estimate=known is None,
    )


def _like(size: int, device: str, catalogue: Catalogue) -> Need:
    """What a model of that size needs, where only its size is known.

    Its key-value cache is taken to be that of the model of the catalogue next to it in size.
    """
    entries = [(abs(v.memory_bytes - size), entry) for entry, v in catalogue.variants()]
    values = 0
    if entries:
        _distance, entry = min(entries, key=lambda pair: pair[0])
        values = entry.layers * entry.kv_heads * entry.head_size * 2
    return Need(
        device=device,
        memory_bytes=size,
        token_bytes=size,
        download_bytes=size,
        cache_values=values,
        context=USUAL_CONTEXT,
    )


def _is_refused(found: Fit) -> bool:
    return found.verdict is Verdict.WILL_NOT_FIT


def _preference(offer: Offer) -> tuple[bool, int, int]:
    device = offer.devices[0]
    order = _ORDER.index(device) if device in _ORDER else len(_ORDER)
    return _is_refused(offer.fit), order, offer.size
