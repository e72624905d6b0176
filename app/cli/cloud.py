"""`tacit cloud`: providers of answers from elsewhere: switches, models, prices, costs, limit."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from app.cli.command import Commands, Context
from app.cli.output import EXIT_DONE
from app.cli.work import run_long
from app.core.errors import AppError, ErrorCode

if TYPE_CHECKING:
    from app.cloud import Cloud
    from app.core.cloud import CloudModel, MonthCost, Price, Service
    from app.settings.settings import Settings

_ON = "cloud.on"
_ROWS = {"openai-compatible": "own"}


def register(commands: Commands) -> None:
    """Add the group and its commands."""
    group = commands.add("cloud", None, "Answers from elsewhere, off unless you switch them on")
    inner = Commands(group, required=True)
    inner.add("status", _status, "What is switched on, and where it leads")
    for name, summary in (("on", "Allow cloud answers"), ("off", "Allow none")):
        parser = inner.add(
            name,
            _switch,
            summary,
            more="With PROVIDER, that one alone; the cloud as a whole has a switch of its own",
        )
        parser.add_argument("provider", metavar="PROVIDER", nargs="?")
        parser.set_defaults(wanted=name == "on")
    models = inner.add(
        "models", _models, "The models of a provider, as it lists them", courier=_asks
    )
    models.add_argument("provider", metavar="PROVIDER")
    models.add_argument("--kept", action="store_true", help="the list of last time, asking nobody")
    inner.add("costs", _costs, "What was spent, by month and provider")
    limit = inner.add("limit", _limit, "Show or set the monthly limit in US dollars")
    limit.add_argument("usd", metavar="USD", nargs="?", type=float, help="0 sets no limit")
    price = inner.add(
        "price",
        _price,
        "Show or correct what a model costs",
        more="In US dollars for a million tokens",
    )
    price.add_argument("provider", metavar="PROVIDER")
    price.add_argument("model", metavar="MODEL")
    price.add_argument("input", metavar="INPUT", nargs="?", type=float, help="what is read")
    price.add_argument("output", metavar="OUTPUT", nargs="?", type=float, help="what is written")


def _asks(options: argparse.Namespace, settings: Settings) -> bool:
    from app.cloud_services import normal, services_on

    names = [service.name for service in services_on(settings)]
    return not options.kept and normal(options.provider) in names


def _cloud(context: Context, settings: Settings) -> Cloud:
    from app.cloud import Cloud
    from app.settings.secrets import Secrets

    return Cloud(context.paths, settings, Secrets(), context.courier)


def _status(_options: argparse.Namespace, context: Context) -> int:
    cloud = _cloud(context, context.settings())
    usable = [service.name for service in cloud.usable()]
    services: list[Service] = []
    for name in cloud.names():
        try:
            services.append(cloud.service(name))
        except AppError:  # a server of one's own that has no address
            continue
    if context.as_json:
        context.console.json(
            {
                "on": cloud.is_on,
                "monthly_limit_usd": cloud.limit_usd,
                "spent_usd": cloud.costs.spent(),
                "providers": [
                    {
                        "name": service.name,
                        "on": service.is_on,
                        "usable": service.name in usable,
                        "local": service.is_local,
                        "address": service.address,
                        "model": service.model,
                    }
                    for service in services
                ],
            }
        )
        return EXIT_DONE
    context.console.line(f"The cloud is switched {'on' if cloud.is_on else 'off'}.")
    rows = [("provider", "switch", "may be asked", "host", "model")]
    for service in services:
        may = "yes" if service.name in usable else "no"
        place = f"{service.host} (this computer)" if service.is_local else service.host
        rows.append(
            (service.name, "on" if service.is_on else "off", may, place, service.model or "-")
        )
    context.console.table(rows)
    context.console.line(_spent(cloud))
    return EXIT_DONE


def _switch(options: argparse.Namespace, context: Context) -> int:
    from app.cloud_services import NAMES, normal

    settings = context.settings()
    key = _ON
    if options.provider is not None:
        name = normal(options.provider).partition("/")[0]
        if name not in NAMES:
            raise AppError(
                f'There is no provider "{options.provider[:100]}".',
                f"Take one of: {', '.join(NAMES)}.",
                code=ErrorCode.USAGE,
            )
        key = f"cloud.{_ROWS.get(name, name)}"
    settings.set(key, options.wanted)
    if not context.as_json:
        is_all = options.provider is None
        what = "The cloud" if is_all else options.provider
        context.console.line(f"{what} is switched {'on' if options.wanted else 'off'}.")
        if options.wanted and not is_all and not settings.get(_ON):
            context.console.note("The cloud as a whole is off: tacit cloud on")
        return EXIT_DONE
    context.console.json({"key": key, "on": options.wanted})
    return EXIT_DONE


def _models(options: argparse.Namespace, context: Context) -> int:
    from app.cloud_services import normal

    cloud, name = _cloud(context, context.settings()), normal(options.provider)
    service = cloud.service(name)
    if options.kept:
        listed = cloud.models(name)
    else:
        listed = run_long(context.console, lambda _tell, cancel: cloud.fetch_models(name, cancel))
    prices = {model.id: cloud.prices.price(service, model.id) for model in listed.models}
    if context.as_json:
        models = [_document(model, prices[model.id]) for model in listed.models]
        context.console.json({"provider": name, "fetched": listed.fetched, "models": models})
        return EXIT_DONE
    if not listed.models:
        context.console.note("No models are known of this provider.")
        return EXIT_DONE
    rows = [("model", "reads", "input", "output")]
    rows += [
        (m.id, f"{m.context:,}" if m.context else "?", *_pair(prices[m.id])) for m in listed.models
    ]
    context.console.table(rows)
    context.console.note("Prices are in US dollars for a million tokens.")
    return EXIT_DONE


def _costs(_options: argparse.Namespace, context: Context) -> int:
    from app.cli.costs import answers_here

    cloud = _cloud(context, context.settings())
    months = cloud.months()
    here = answers_here(cloud, context)
    if context.as_json:
        context.console.json(
            {
                "monthly_limit_usd": cloud.limit_usd,
                "spent_usd": cloud.costs.spent(),
                "months": [asdict(month) for month in months],
                "answered_here": here,
            }
        )
        return EXIT_DONE
    if months:
        rows = [("month", "provider", "answers", "tokens read", "written", "US dollars", "")]
        context.console.table([*rows, *(_row(month) for month in months)])
    context.console.line(_spent(cloud))
    if here is not None and here["answers"]:
        context.console.line(
            f"{here['answers']:,} answers of this month were given on this computer; with "
            f"{here['model']} they would have cost ${here['would_have_cost_usd']:.2f}."
        )
    return EXIT_DONE


def _limit(options: argparse.Namespace, context: Context) -> int:
    settings = context.settings()
    if options.usd is not None:
        settings.set("cloud.monthly_limit_usd", options.usd)
    cloud = _cloud(context, settings)
    return context.told(
        {"monthly_limit_usd": cloud.limit_usd, "spent_usd": cloud.costs.spent()}, _spent(cloud)
    )


def _price(options: argparse.Namespace, context: Context) -> int:
    cloud = _cloud(context, context.settings())
    service = cloud.service(options.provider)
    if options.input is not None:
        if options.output is None:
            raise AppError(
                "A price has two parts.",
                "Write both: what a million tokens cost that are read, and that are written.",
                code=ErrorCode.USAGE,
            )
        cloud.prices.correct(service.name, options.model, (options.input, options.output))
    price = cloud.prices.price(service, options.model)
    if context.as_json:
        document = None if price is None else asdict(price)
        context.console.json({"provider": service.name, "model": options.model, "price": document})
    elif price is None:
        context.console.line("Its price is not known.")
    else:
        read, written = _pair(price)
        context.console.line(f"{read} read, {written} written: {price.source}")
    return EXIT_DONE


def _spent(cloud: Cloud) -> str:
    limit = f"of at most ${cloud.limit_usd:.2f}" if cloud.limit_usd else "and there is no limit"
    return f"This month: ${cloud.costs.spent():.4f} are spent, {limit}."


def _document(model: CloudModel, price: Price | None) -> dict[str, Any]:
    return {
        "id": model.id,
        "name": model.name,
        "context": model.context or None,
        "input_usd": None if price is None else price.input_usd,
        "output_usd": None if price is None else price.output_usd,
    }


def _pair(price: Price | None) -> tuple[str, str]:
    return ("?", "?") if price is None else (f"${price.input_usd:g}", f"${price.output_usd:g}")


def _row(month: MonthCost) -> tuple[str, ...]:
    notes = []
    if month.estimated_usd:
        notes.append(f"${month.estimated_usd:.4f} of it estimated")
    if month.unpriced:
        notes.append(f"{month.unpriced} without a known price")
    return (
        month.month,
        month.provider,
        f"{month.answers:,}",
        f"{month.prompt_tokens:,}",
        f"{month.completion_tokens:,}",
        f"{month.cost_usd:.4f}",
        ", ".join(notes),
    )
