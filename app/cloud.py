"""How answers from elsewhere are put together: services, keys, costs, permits, providers.

Apart from `bootstrap`, because commands need it without everything else.
"""

from __future__ import annotations

import contextlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from app.cloud_services import service, service_names, services_on
from app.core.cancel import CancelToken
from app.core.cloud import CloudModel, MonthCost, Price, Service
from app.core.errors import AppError, ErrorCode
from app.core.files import replace_text
from app.network.base import Courier
from app.paths import Paths, resources_dir
from app.process.plain import ProtocolError, from_plain, to_plain
from app.providers.base import Provider
from app.providers.cloud.costs import FILE as COSTS_FILE
from app.providers.cloud.costs import Costs
from app.providers.cloud.prices import FILE as PRICES_FILE
from app.providers.cloud.prices import Prices
from app.providers.cloud.provider import CloudProvider
from app.providers.cloud.sending import list_models
from app.router.cloud_permits import CloudPermits
from app.settings.secrets import Secrets
from app.settings.settings import Settings

_SEALED = "sealed"
_COMPARED = "claude-sonnet-5-5"


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """The models of a service as they were listed, and when (UTC, ISO 8601; "" for never)."""

    models: tuple[CloudModel, ...] = ()
    fetched: str = ""


class Cloud:
    """Everything about answers from elsewhere, over the settings as they are at this moment.

    What blocks says so. Nothing is asked of a service that is not switched on.
    """

    def __init__(
        self, paths: Paths, settings: Settings, secrets: Secrets, courier: Courier | None
    ) -> None:
        self._settings = settings
        self._secrets = secrets
        self._courier = courier
        keeps = not paths.keeps_nothing
        self._is_private = not keeps
        self._lists = _Lists(paths.cache / "cloud-models.json", keep=keeps)
        self.costs = Costs(paths.root / COSTS_FILE if keeps else None)
        self.prices = Prices(
            resources_dir() / PRICES_FILE, paths.root / PRICES_FILE, self._listed_price
        )
        self.permits = CloudPermits(
            is_private=not keeps,
            is_sealed=lambda: self.is_sealed,
            is_on=lambda: self.is_on,
            limit_usd=lambda: self.limit_usd,
            price=self.prices.price,
            costs=self.costs,
        )

    @property
    def is_on(self) -> bool:
        """The switch for everything that is not on this machine."""
        return bool(self._settings.get("cloud.on"))

    @property
    def is_sealed(self) -> bool:
        """Whether the person wants nothing to leave, whatever is switched on."""
        return self._settings.get("privacy.level") == _SEALED

    @property
    def limit_usd(self) -> float:
        """US dollars for a month, 0 for no limit."""
        return float(self._settings.get("cloud.monthly_limit_usd"))

    def names(self) -> tuple[str, ...]:
        """All services, on or off."""
        return service_names(self._settings)

    def service(self, name: str) -> Service:
        """A service as it is set up; raises `AppError`."""
        return service(self._settings, name)

    def usable(self) -> tuple[Service, ...]:
        """The services that may be asked, as the settings say."""
        if self._is_private or self._settings.get("privacy.level") == _SEALED:
            return ()
        return services_on(self._settings)

    def offered(self) -> tuple[Service, ...]:
        """The services that may be asked and can be: none where nothing reaches the network."""
        return () if self._courier is None else self.usable()

    def provider(self, name: str) -> CloudProvider:
        """The service as a provider."""
        return CloudProvider(
            name,
            service=partial(self.service, name),
            permits=self.permits,
            key=self._key,
            courier=self._courier,
            silence_s=lambda: self._silence_s,
            price=lambda demand: self.prices.price(demand.service, demand.model),
        )

    def providers(self) -> dict[str, Provider]:
        """Every service as a provider by its name, on or off."""
        return {name: self.provider(name) for name in self.names()}

    def falls_back_to(self) -> str:
        """The service that is asked after a failure here where no rule says who, "" for none."""
        if not self._settings.get("cloud.fall_back"):
            return ""
        name = str(self._settings.get("cloud.fall_back_to"))
        found = next((one for one in self.offered() if one.name == name), None)
        return "" if found is None or not found.model else name

    def rates(self) -> dict[str, tuple[float, float]]:
        """US dollars for a million tokens read and written, by the services with a known price."""
        prices = {one.name: self.prices.price(one, one.model) for one in self.usable() if one.model}
        return {
            name: (price.input_usd, price.output_usd)
            for name, price in prices.items()
            if price is not None
        }

    def models(self, name: str) -> Listed:
        """What the service listed last; reads a small file."""
        return self._lists.read(name)

    def fetch_models(self, name: str, cancel: CancelToken) -> Listed:
        """Ask the service for its models, and keep the list; blocking. Raises `AppError`."""
        asked = self.service(name)
        self.permits.require(asked)
        found = list_models(
            self._courier,
            asked,
            key=self._key(asked, cancel),
            silence_s=self._silence_s,
            cancel=cancel,
        )
        listed = Listed(
            models=tuple(sorted(found, key=lambda model: model.id)),
            fetched=datetime.now(UTC).isoformat(timespec="seconds"),
        )
        self._lists.keep(name, listed)
        return listed

    def months(self) -> tuple[MonthCost, ...]:
        """What was spent; blocking. Raises `AppError`."""
        return self.costs.months()

    def comparison(self) -> tuple[str, Price] | None:
        """A model of a provider and its price, to compare the answers given here with: the
        first that is chosen and has a price, else one of our table. Raises `AppError`."""
        for name in self.names():
            try:
                known = self.service(name)
            except AppError:
                continue
            price = self.prices.price(known, known.model) if known.model else None
            if price is not None and not known.is_local:
                return known.model, price
        price = self.prices.price(self.service("anthropic"), _COMPARED)
        return None if price is None else (_COMPARED, price)

    @property
    def _silence_s(self) -> float:
        return float(self._settings.get("cloud.silence_s"))

    def _listed_price(self, name: str, model: str) -> Price | None:
        listed = self._lists.read(name).models
        return next((one.price for one in listed if one.id == model), None)

    def _key(self, asked: Service, cancel: CancelToken) -> str:
        """The key for a service; the keyring may ask the person to unlock it."""
        try:
            kept = self._secrets.get(asked.secret, may_ask=not asked.is_local, cancel=cancel)
        except AppError as error:
            if asked.needs_key or error.code is not ErrorCode.KEYRING_MISSING:
                raise
            kept = None  # where there is no keyring, there is no key in it
        if kept is None and asked.needs_key:
            raise AppError(
                f"There is no key for {asked.label}.",
                f"Enter it in the settings under Cloud, or with: tacit keys set {asked.secret}",
                code=ErrorCode.KEY_MISSING,
            )
        return "" if kept is None else kept.text


class _Lists:
    """The lists of models as they came, in one file that may be lost."""

    def __init__(self, file: Path, *, keep: bool) -> None:
        self._file = file
        self._keep = keep

    def read(self, name: str) -> Listed:
        plain = self._document().get(name)
        try:
            return Listed() if plain is None else from_plain(Listed, plain)
        except ProtocolError:
            return Listed()

    def keep(self, name: str, listed: Listed) -> None:
        if not self._keep:
            return
        document = {**self._document(), name: to_plain(listed)}
        with contextlib.suppress(OSError):  # it is fetched again
            replace_text(self._file, json.dumps(document))

    def _document(self) -> dict[str, object]:
        try:
            document = json.loads(self._file.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return document if isinstance(document, dict) else {}
