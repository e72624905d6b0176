"""What can be downloaded: judged for this computer, planned only where it fits and is allowed."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from app.core.cancel import CancelToken
from app.core.errors import AppError, ErrorCode
from app.models.asking import Hub
from app.models.catalogue import FILE, Catalogue, load
from app.models.downloads.planning import Planner
from app.models.fit import Verdict
from app.models.listing import (
    Address,
    Gate,
    ListedFile,
    ListedVariant,
    Listing,
    access_refused,
    address,
)
from app.models.machine import Machine
from app.models.offers import KnownModel, Offers
from app.paths import resources_dir
from tests.fakes.shelves import Home

GIGABYTE = 10**9
NAME = "org/Tiny-onnx"
MACHINE = Machine(
    memory_total=16 * GIGABYTE,
    memory_available=12 * GIGABYTE,
    disk_free=100 * GIGABYTE,
    disk_total=500 * GIGABYTE,
    bandwidth=40e9,
    devices=frozenset({"cpu"}),
)
MISSING = AppError("No such repository.", "Check it.", code=ErrorCode.MODEL_MISSING)


def variant(folder: str, device: str, size: int) -> ListedVariant:
    file = ListedFile(path=f"{folder}/model.onnx", size=size, sha256="0" * 64)
    return ListedVariant(folder=folder, device=device, quantization="int4", files=(file,))


LISTING = Listing(
    repository=NAME,
    commit="c" * 40,
    licence="mit",
    gate=Gate.OPEN,
    variants=(
        variant("cpu/large", "cpu", 2 * GIGABYTE),
        variant("cpu/small", "cpu", GIGABYTE),
        variant("cuda/small", "cuda", GIGABYTE),
    ),
)


@dataclass
class ScriptedHub:
    """Lists `listing`; without a token it answers `refusal` instead. Notes who was asked how."""

    listing: Listing = LISTING
    refusal: AppError | None = None
    asked: list[bool] = field(default_factory=list)

    def variants(
        self, _repository: str, _cancel: CancelToken, *, revision: str, with_token: bool = False
    ) -> Listing:
        assert revision in {"", "main"}
        self.asked.append(with_token)
        if self.refusal is not None and not with_token:
            raise self.refusal
        return self.listing


@dataclass
class Shop:
    """Offers with a scripted hub, and what they know of."""

    root: Path
    hub: Any = field(default_factory=ScriptedHub)
    machine: Machine = MACHINE
    token: str = ""
    keyring_problem: AppError | None = None
    address: str = "https://huggingface.co"

    def read_token(self) -> str:
        if self.keyring_problem is not None:
            raise self.keyring_problem
        return self.token

    def read_address(self) -> str:
        if not self.address:
            raise AppError("No address.", "Enter one.")
        return self.address

    @property
    def offers(self) -> Offers:
        hub: Hub = self.hub
        return Offers(
            hub,
            Planner(Home(self.root).manager.shelf, _catalogue),
            catalogue=_catalogue,
            machine=lambda: self.machine,
            token=self.read_token,
            hub_address=self.read_address,
        )

    def refused(self, **changes: Any) -> AppError:
        offer = self.offers.look(address(NAME), CancelToken()).offers[0]
        for name, value in changes.items():
            setattr(self, name, value)
        with pytest.raises(AppError) as raised:
            self.offers.plan(offer, CancelToken())
        return raised.value


def _catalogue() -> Catalogue:
    return load(resources_dir() / FILE)


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop(tmp_path / "root")


def known(shop: Shop, name: str) -> KnownModel:
    return next(model for model in shop.offers.known() if model.entry.id == name)


def test_each_variant_of_the_catalogue_is_offered_once(shop: Shop) -> None:
    phi = known(shop, "phi-4-mini-instruct")
    assert [offer.folder.partition("/")[0] for offer in phi.offers] == ["cpu_and_mobile", "gpu"]
    assert phi.offers[1].devices == ("cuda", "dml")
    assert not phi.offers[0].is_estimate
    assert not phi.offers[0].is_checked


def test_where_there_is_a_card_its_variant_comes_first(shop: Shop) -> None:
    shop.machine = replace(MACHINE, devices=frozenset({"cpu", "cuda"}))
    best = known(shop, "phi-4-mini-instruct").offers[0]
    assert best.devices == ("cuda", "dml")
    assert best.fit.verdict is Verdict.FITS


def test_what_cannot_run_here_comes_last(shop: Shop) -> None:
    shop.machine = replace(MACHINE, memory_total=4 * GIGABYTE)
    refused = [model.offers[0].fit.verdict is Verdict.WILL_NOT_FIT for model in shop.offers.known()]
    assert refused == sorted(refused)
    assert len(set(refused)) == 2


def test_a_repository_is_judged_by_its_sizes(shop: Shop) -> None:
    found = shop.offers.look(address(NAME), CancelToken())
    assert [offer.folder for offer in found.offers] == ["cpu/small", "cpu/large", "cuda/small"]
    small, _large, cuda = found.offers
    assert small.is_estimate
    assert small.fit.memory_bytes > GIGABYTE
    assert cuda.fit.verdict is Verdict.WILL_NOT_FIT
    assert (found.licence, found.gate) == ("mit", Gate.OPEN)


def test_a_model_of_the_catalogue_keeps_its_name_and_its_numbers(shop: Shop) -> None:
    where = "cpu_and_mobile/cpu-int4-rtn-block-32-acc-level-4"
    repository = "microsoft/Phi-4-mini-instruct-onnx"
    size = 5 * GIGABYTE
    listing = replace(LISTING, repository=repository, variants=(variant(where, "cpu", size),))
    shop.hub = ScriptedHub(listing)
    (offer,) = shop.offers.look(address(repository), CancelToken()).offers
    assert (offer.name, offer.size) == ("Phi-4 mini instruct", size)
    assert not offer.is_estimate


def test_only_the_folder_that_was_named_is_offered(shop: Shop) -> None:
    where = Address(repository=NAME, revision="main", folder="cpu/large")
    (offer,) = shop.offers.look(where, CancelToken()).offers
    assert (offer.folder, offer.revision) == ("cpu/large", "main")


def test_a_repository_without_a_model_is_said(shop: Shop) -> None:
    shop.hub = ScriptedHub(replace(LISTING, variants=()))
    with pytest.raises(AppError, match="holds no model for this program"):
        shop.offers.look(address(NAME), CancelToken())


def test_a_plan_is_pinned_to_what_is_listed_now(shop: Shop) -> None:
    offer = shop.offers.look(address(NAME), CancelToken()).offers[0]
    plan = shop.offers.plan(offer, CancelToken())
    assert (plan.repository, plan.commit, plan.folder) == (NAME, "c" * 40, "cpu/small")
    assert not plan.needs_token
    assert shop.hub.asked == [False, False], "no token is sent where none is wanted"


def test_what_has_grown_too_large_is_refused_with_numbers(shop: Shop) -> None:
    error = shop.refused(machine=replace(MACHINE, disk_free=GIGABYTE))
    assert error.code is ErrorCode.MODEL_UNSUPPORTED
    assert "Tiny-onnx will not fit this computer. It is 1.0 GB on the disk, and 0 MB" in error.what
    assert "Nothing was fetched." in error.todo


def test_a_shut_gate_wants_a_token(shop: Shop) -> None:
    gated = ScriptedHub(replace(LISTING, gate=Gate.MANUAL))
    error = shop.refused(hub=gated)
    assert error == access_refused(NAME, token="")
    shop.token = "hf_token"
    offer = shop.offers.look(address(NAME), CancelToken()).offers[0]
    assert shop.offers.plan(offer, CancelToken()).needs_token


def test_a_keyring_in_the_way_leads_to_the_same_gate(shop: Shop) -> None:
    problem = AppError("The keyring is locked.", "Unlock it.", code=ErrorCode.KEYRING_LOCKED)
    gated = ScriptedHub(replace(LISTING, gate=Gate.MANUAL))
    assert shop.refused(hub=gated, keyring_problem=problem).code is ErrorCode.ACCESS_REFUSED


@pytest.mark.parametrize("token", ["", "hf_token"])
def test_what_is_private_is_asked_for_with_the_token_that_there_is(shop: Shop, token: str) -> None:
    shop.hub, shop.token = ScriptedHub(refusal=MISSING), token
    if not token:
        with pytest.raises(AppError, match="No such repository"):
            shop.offers.look(address(NAME), CancelToken())
        assert shop.hub.asked == [False]
        return
    offer = shop.offers.look(address(NAME), CancelToken()).offers[0]
    assert shop.hub.asked == [False, True]
    assert shop.offers.plan(offer, CancelToken()).needs_token


def test_what_the_hub_says_is_not_hidden_by_the_keyring(shop: Shop) -> None:
    shop.hub = ScriptedHub(refusal=MISSING)
    shop.keyring_problem = AppError("No keyring.", "Install one.", code=ErrorCode.KEYRING_MISSING)
    with pytest.raises(AppError, match="No such repository"):
        shop.offers.look(address(NAME), CancelToken())


def test_it_says_who_is_asked(shop: Shop) -> None:
    assert shop.offers.host() == "huggingface.co"
    shop.address = "https://mirror.example:8443/hub"
    assert shop.offers.host() == "mirror.example:8443"
    pasted = "https://mirror.example:8443/org/Tiny-onnx"
    assert shop.offers.address(pasted) == Address(repository=NAME)
    shop.address = ""
    assert shop.offers.host() == "huggingface.co"
