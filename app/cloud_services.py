"""Which services there are, as the settings say; light, because the courier's policy needs it."""

from __future__ import annotations

from app.core.cloud import Service, Speech
from app.core.errors import AppError, ErrorCode
from app.settings.settings import Settings

OWN = "openai-compatible"
"""A server of the person's own; further ones are "openai-compatible/NAME"."""

_KNOWN = {
    "anthropic": ("Anthropic", Speech.ANTHROPIC),
    "openrouter": ("OpenRouter", Speech.OPENAI),
    "huggingface": ("Hugging Face", Speech.HUGGINGFACE),
}
NAMES = (*_KNOWN, OWN)


def service_names(settings: Settings) -> tuple[str, ...]:
    """All services, whether they are on or off."""
    return (*NAMES, *(f"{OWN}/{name}" for name in _further(settings)))


def normal(name: str) -> str:
    """The name of a service as it is kept: a person may write "openai-compatible:NAME"."""
    return name.replace(f"{OWN}:", f"{OWN}/", 1)


def service(settings: Settings, name: str) -> Service:
    """A service as it is set up now; raises `AppError` for one that is not, or a bad address."""
    name = normal(name)
    if name in _KNOWN:
        label, speech = _KNOWN[name]
        return _made(settings, name, label, speech, key=name)
    further = _further(settings)
    if name == OWN:
        return _made(settings, name, "your own server", Speech.OPENAI, key="own")
    if name.startswith(f"{OWN}/") and (own := name.removeprefix(f"{OWN}/")) in further:
        return _made(settings, name, own, Speech.OPENAI, key="own", address=further[own])
    raise AppError(
        f'There is no provider "{name[:100]}".',
        f"Take one of: onnx, {', '.join(service_names(settings))}.",
        code=ErrorCode.PROVIDER_UNAVAILABLE,
    )


def services_on(settings: Settings) -> tuple[Service, ...]:
    """Those that may be asked now: switched on, and the cloud with them unless they lie here."""
    may_leave = bool(settings.get("cloud.on"))
    found = []
    for name in service_names(settings):
        try:
            one = service(settings, name)
        except AppError:  # no address, or none that is one
            continue
        if one.is_on and (may_leave or one.is_local):
            found.append(one)
    return tuple(found)


def _made(
    settings: Settings, name: str, label: str, speech: Speech, *, key: str, address: str = ""
) -> Service:
    from app.network import hosts
    from app.network.url import parse

    is_first = not address
    address = (address or str(settings.get(f"cloud.{key}_address"))).strip().rstrip("/")
    if not address:
        raise AppError(
            "Your own server has no address.",
            "Enter it in the settings under Cloud, such as http://127.0.0.1:11434/v1.",
            code=ErrorCode.PROVIDER_UNAVAILABLE,
        )
    where = parse(address)
    # Something on this machine that speaks for Anthropic passes questions on to Anthropic.
    is_local = key == "own" and hosts.is_loopback_name(where.host)
    if key == "own":
        place = "on this computer" if is_local else f"at {where.host}"
        label = f"{'a server' if label == 'your own server' else label} {place}"
    return Service(
        name=name,
        label=label,
        speech=speech,
        address=address,
        host=where.rule,
        is_local=is_local,
        is_on=bool(settings.get(f"cloud.{key}")),
        model=str(settings.get(f"cloud.{key}_model")).strip() if is_first else "",
        # A key is for one server: another one of the person's own has one of its own.
        secret=name.replace(OWN, "openai", 1),
        needs_key=key != "own",
        sampling=bool(settings.get("cloud.sampling")),
    )


def _further(settings: Settings) -> dict[str, str]:
    """Address by name, of the further servers; what is no such pair is passed over."""
    pairs = [text.partition("=") for text in str(settings.get("cloud.own_more")).split()]
    return {
        name: address
        for name, _, address in pairs
        if address and name.isascii() and name.replace("-", "").isalnum() and len(name) <= 40
    }
