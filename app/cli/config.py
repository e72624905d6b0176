"""`tacit config`: the settings, one by one, and as a file."""

from __future__ import annotations

import argparse
from typing import Any

from app.cli import config_files
from app.cli.command import Commands, Context
from app.cli.output import EXIT_DONE
from app.settings.setting import Setting
from app.settings.settings import Settings, find
from app.settings.transfer import shown_settings


def register(commands: Commands) -> None:
    """Add the group and its commands."""
    group = commands.add("config", None, "Show and change settings")
    inner = Commands(group, required=True)
    inner.add("list", _list, "All settings with their values")
    _key(inner.add("get", _get, "The value of one setting"))
    setter = inner.add("set", _set, "Change one setting")
    _key(setter)
    setter.add_argument("value", metavar="VALUE", help="the new value")
    _key(inner.add("reset", _reset, "Put one setting back to its default"))
    config_files.register(inner)
    inner.add("path", _path, "Where the settings file lies", needs_home=False)


def _key(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("key", metavar="KEY", help='for example "model.device"')


def _list(_options: argparse.Namespace, context: Context) -> int:
    settings = context.settings()
    shown = list(shown_settings())
    if context.as_json:
        context.console.json({"settings": [_document(s, settings) for s in shown]})
        return EXIT_DONE
    group = ""
    for setting in shown:
        if setting.group != group:
            context.console.line(f"{'' if not group else chr(10)}{setting.group}")
            group = setting.group
        changed = "" if settings.get(setting.key) == setting.default else "  (changed)"
        context.console.line(f"  {setting.key} = {_text(settings, setting)}{changed}")
        context.console.line(f"      {setting.help} ({setting.limits})")
    return EXIT_DONE


def _get(options: argparse.Namespace, context: Context) -> int:
    settings = context.settings()
    return _show(find(options.key), settings, context)


def _set(options: argparse.Namespace, context: Context) -> int:
    settings = context.settings()
    setting = find(options.key)
    settings.set(setting.key, setting.parse(options.value))
    return _show(setting, settings, context)


def _reset(options: argparse.Namespace, context: Context) -> int:
    settings = context.settings()
    setting = find(options.key)
    settings.reset(setting.key)
    return _show(setting, settings, context)


def _path(_options: argparse.Namespace, context: Context) -> int:
    return context.told(
        {"path": str(context.paths.settings_file)}, str(context.paths.settings_file)
    )


def _show(setting: Setting, settings: Settings, context: Context) -> int:
    return context.told(_document(setting, settings), _text(settings, setting))


def _text(settings: Settings, setting: Setting) -> str:
    value = settings.get(setting.key)
    return str(value).lower() if isinstance(value, bool) else str(value)


def _document(setting: Setting, settings: Settings) -> dict[str, Any]:
    return {
        "key": setting.key,
        "value": settings.get(setting.key),
        "default": setting.default,
        "type": setting.type.__name__,
        "limits": setting.limits,
        "label": setting.label,
        "help": setting.help,
        "restart_needed": setting.restart_needed,
    }
