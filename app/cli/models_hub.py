"""`tacit models search|download|update|repair`: models from the hub, through the courier."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from app.cli import models_view
from app.cli.command import Commands, Context
from app.cli.downloads import Desk, Result, has_token
from app.cli.models_view import manager
from app.cli.output import EXIT_DONE, size
from app.cli.work import run_long
from app.core.errors import AppError, ErrorCode

if TYPE_CHECKING:
    from app.models.downloads.values import Plan
    from app.models.library import InstalledModel
    from app.models.listing import Address, ListedVariant, Listing

_GATES = {"open": "", "automatic": "licence to accept", "manual": "access to ask for"}


def register(inner: Commands) -> None:
    """Add the commands to the group."""
    search = inner.add("search", _search, "Search the hub for models", courier=True)
    search.add_argument("query", metavar="QUERY", help="a part of a model's name, such as phi")
    search.add_argument(
        "--most", metavar="N", type=int, default=20, help="show N results at most (20)"
    )
    download = inner.add(
        "download",
        _download,
        "Download a model from the hub",
        courier=True,
        more="Ctrl-C pauses it, and the same command goes on. Every file is compared with its "
        "digest at the hub before the model appears in the list",
    )
    download.add_argument(
        "model",
        metavar="MODEL",
        help='"owner/name", an address of the hub, or a model of "tacit models catalogue"',
    )
    download.add_argument("--variant", metavar="FOLDER", help="which of its folders")
    download.add_argument("--revision", metavar="REV", default="", help="branch, tag or commit")
    update = inner.add("update", _update, "Fetch newer versions of models", courier=True)
    update.add_argument("id", metavar="ID", nargs="*", help="models; none means all of them")
    update.add_argument("--check", action="store_true", help="only tell which have a newer one")
    repair = inner.add(
        "repair", _repair, "Fetch damaged or missing files of a model again", courier=True
    )
    repair.add_argument("id", metavar="ID", help='an id from "tacit models list"')
    for parser in (search, download, update, repair):
        parser.add_argument(
            "--token-from-keyring",
            action="store_true",
            help="send the token that is kept in the system's keyring, for gated models",
        )
        parser.add_argument(
            "--token-stdin", action="store_true", help="read the token from standard input"
        )


def _search(options: argparse.Namespace, context: Context) -> int:
    desk = Desk(context, options)
    found = run_long(
        context.console,
        lambda _tell, cancel: desk.hub.search(
            options.query, cancel, most=max(1, options.most), with_token=has_token(options)
        ),
    )
    if context.as_json:
        context.console.json({"repositories": [asdict(repository) for repository in found]})
        return EXIT_DONE
    if not found:
        context.console.note(
            "The hub has no model for this program with that in its name. A repository can be "
            "named in full, too: tacit models download owner/name"
        )
        return EXIT_DONE
    rows = [("repository", "variants", "licence", "downloads", "access")]
    for one in found:
        variants = str(len(one.folders)) if len(one.folders) > 1 else one.folders[0] or "1"
        rows.append(
            (one.repository, variants, one.licence, str(one.downloads), _GATES[one.gate.value])
        )
    context.console.table(rows)
    return EXIT_DONE


def _download(options: argparse.Namespace, context: Context) -> int:
    desk = Desk(context, options)
    where, folder = _place(options, context, desk.hub_address)
    begun = [
        entry.plan
        for entry in desk.ledger.find(where.repository, folder)
        if entry.plan.kind == "install"
    ]
    if len(begun) == 1 and not (options.revision or where.revision):
        plan = begun[0]
        context.console.note(f"Going on with {plan.name}, commit {plan.commit[:12]}.")
    else:
        plan = _planned(options, desk, where, folder)
    result = desk.carry_out(plan, again=_again(options))
    _say(context, result)
    return EXIT_DONE


def _place(options: argparse.Namespace, context: Context, hub: str) -> tuple[Address, str | None]:
    """The repository that is meant, and the folder in it where one is named.

    Of a model in the catalogue it is the variant that suits this computer best.
    """
    from app.local_models import catalogue, machine
    from app.models import listing
    from app.models.fit import choices

    wanted = options.variant if options.variant is None else options.variant.strip("/")
    for entry in catalogue().models:
        if options.model.casefold() not in {entry.id.casefold(), entry.name.casefold()}:
            continue
        best = choices(entry, machine(context.paths, manager(context).library.main))[0].variant
        chosen = next((v for v in entry.variants if wanted in {v.id, v.folder}), best)
        folder = chosen.folder if wanted in {None, chosen.id} else wanted
        return listing.Address(repository=chosen.repository), folder
    where = listing.address(options.model, hub)
    return where, wanted if wanted is not None else where.folder or None


def _planned(options: argparse.Namespace, desk: Desk, where: Address, folder: str | None) -> Plan:
    listing = desk.listing(where.repository, options.revision or where.revision)
    variant = _chosen(listing, folder)
    desk.require_access(listing)
    return desk.planner.install(listing, variant, with_token=has_token(options))


def _chosen(listing: Listing, folder: str | None) -> ListedVariant:
    """The variant that is meant; raises `AppError` where that is not clear."""
    from app.models.downloads import planning

    if folder is not None:
        return planning.find(listing, folder)
    if len(listing.variants) == 1:
        return listing.variants[0]
    if not listing.variants:
        raise AppError(
            f"{listing.repository} holds no model for this program.",
            "It needs a genai_config.json and ONNX files beside it: tacit models search finds "
            "such repositories.",
            code=ErrorCode.MODEL_UNSUPPORTED,
        )
    described = [f"{variant.folder or '.'} ({size(variant.size)})" for variant in listing.variants]
    raise AppError(
        f"{listing.repository} has {len(described)} variants: {', '.join(described)}.",
        "Choose one with --variant FOLDER.",
        code=ErrorCode.USAGE,
    )


def _update(options: argparse.Namespace, context: Context) -> int:
    desk = Desk(context, options)
    library = manager(context).library
    models = [library.find(model_id) for model_id in options.id] or library.scan()
    results: list[dict[str, Any]] = []
    for model in models:
        if not model.repository or model.root is None:
            if options.id:
                raise _without_source(model)
            continue
        results.append(_updated(options, desk, model))
    if context.as_json:
        context.console.json({"models": results})
        return EXIT_DONE
    for result in results:
        context.console.line(f"{result['id']}: {_UPDATES[result['state']]}")
    if not results:
        context.console.note("No model here came from the hub.")
    return EXIT_DONE


_UPDATES = {
    "newest": "is the newest version",
    "newer": "has a newer version",
    "updated": "is updated",
}


def _updated(options: argparse.Namespace, desk: Desk, model: InstalledModel) -> dict[str, Any]:
    listing = desk.listing(model.repository, "")
    plan = desk.planner.update(model, listing, with_token=has_token(options))
    found = {"id": model.id, "commit": model.commit, "newest": listing.commit}
    if plan is None:
        return {**found, "state": "newest"}
    if options.check:
        return {**found, "state": "newer"}
    desk.require_access(listing)
    begun = [e.plan for e in desk.ledger.find(plan.repository, plan.folder)]
    same = [p for p in begun if (p.kind, p.commit) == (plan.kind, plan.commit)]
    desk.carry_out(same[0] if same else plan, again=f"tacit models update {model.id}")
    return {**found, "state": "updated"}


def _repair(options: argparse.Namespace, context: Context) -> int:
    desk, models = Desk(context, options), manager(context)
    model = models.library.find(options.id)
    repair = run_long(context.console, lambda tell, cancel: models.repair(model.id, tell, cancel))
    if repair is None or (repair.missing and not repair.manifest.repository):
        raise _without_source(model)
    fetched: list[str] = []
    if repair.missing:
        listing = desk.listing(repair.manifest.repository, repair.manifest.commit)
        plan = desk.planner.repair(model, repair, listing, with_token=has_token(options))
        desk.carry_out(plan, again=f"tacit models repair {model.id}")
        fetched = [file.name for file in repair.missing]
    if context.as_json:
        moved = [str(path) for path in repair.moved]
        context.console.json({"id": model.id, "fetched": fetched, "moved": moved})
    elif fetched:
        context.console.line(f"{model.id}: fetched again: {', '.join(fetched)}")
    else:
        context.console.line(f"{model.id}: whole, nothing to fetch")
    return EXIT_DONE


def _without_source(model: InstalledModel) -> AppError:
    return AppError(
        f'It is not known where "{model.id}" came from, so nothing of it can be fetched.',
        "Copy or import it again; for the starter model: tacit models starter",
        code=ErrorCode.USAGE,
    )


def _again(options: argparse.Namespace) -> str:
    words = ["tacit models download", options.model]
    if options.variant is not None:
        words += ["--variant", options.variant or '""']
    return " ".join(words)


def _say(context: Context, result: Result) -> None:
    model = manager(context).library.find(result.model_id)
    if context.as_json:
        context.console.json({**models_view.document(model), "received_bytes": result.received})
    else:
        context.console.line(f"{model.name} is installed and verified: {model.id}")
