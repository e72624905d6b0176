"""The settings of the cloud: part of the table."""

from __future__ import annotations

from collections.abc import Callable

from app.core.errors import AppError, ErrorCode
from app.settings.openings import elsewhere, limit_raised, more_words, switched_on
from app.settings.setting import SecretSetting, Setting, Value

FAILURES = (
    "model-missing",
    "model-broken",
    "out-of-memory",
    "device-unavailable",
    "host-crashed",
    "host-hung",
    "prompt-too-long",
)
"""The failures of the model on this computer that may count for a fall-back (`ErrorCode`)."""


def _check_failures(value: Value) -> None:
    unknown = [word for word in str(value).split() if word not in FAILURES]
    if unknown:
        raise AppError(
            f'There is no failure "{unknown[0][:50]}".',
            f"Choose among: {', '.join(FAILURES)}.",
            code=ErrorCode.SETTING_INVALID,
        )


def _switch(key: str, label: str, help_: str) -> Setting:
    return Setting(
        key=key,
        type=bool,
        default=False,
        label=label,
        help=help_,
        group="Cloud",
        lets_out=switched_on,
    )


def _text(key: str, default: str, label: str, help_: str, longest: int = 500) -> Setting:
    return Setting(
        key=key,
        type=str,
        default=default,
        label=label,
        help=help_,
        group="Cloud",
        maximum=longest,
        lets_out=None if key.endswith("_model") else elsewhere,
    )


def _number(
    key: str,
    default: Value,
    label: str,
    help_: str,
    limits: tuple[float, float],
    *,
    lets_out: Callable[[Value, Value], bool] | None = None,
) -> Setting:
    return Setting(
        key=key,
        type=type(default),
        default=default,
        label=label,
        help=help_,
        group="Cloud",
        minimum=limits[0],
        maximum=limits[1],
        lets_out=lets_out,
    )


def _service(name: str, label: str, address: str) -> tuple[Setting, ...]:
    return (
        _switch(f"cloud.{name}", f"Use {label}", f"{label} may answer where you choose it."),
        _text(
            f"cloud.{name}_model",
            "",
            f"Model of {label}",
            "Its id, as the provider's list names it.",
        ),
        _text(
            f"cloud.{name}_address",
            address,
            f"Address of {label}",
            "Another one only where your company has a gateway of its own.",
        ),
    )


CLOUD_ROWS = (
    _switch(
        "cloud.on",
        "Allow cloud answers",
        "Off, nothing of a conversation can be sent anywhere. On, you may choose a model of a "
        "provider below; what you ask it leaves this computer.",
    ),
    *_service("anthropic", "Anthropic", "https://api.anthropic.com"),
    *_service("openrouter", "OpenRouter", "https://openrouter.ai/api/v1"),
    *_service("huggingface", "Hugging Face", "https://router.huggingface.co/v1"),
    _switch(
        "cloud.own",
        "Use your own server",
        "A server that speaks the OpenAI protocol, such as Ollama, llama.cpp, or one of your "
        "company. One on this computer counts as local.",
    ),
    _text(
        "cloud.own_model", "", "Model of your own server", "Its id, as the server's list names it."
    ),
    _text(
        "cloud.own_address",
        "",
        "Address of your own server",
        "For example http://127.0.0.1:11434/v1, or https://llm.example.org/v1.",
    ),
    _text(
        "cloud.own_more",
        "",
        "Further servers of your own",
        "As NAME=ADDRESS, separated by spaces; they are chosen as openai-compatible:NAME.",
        4_000,
    ),
    _number(
        "cloud.monthly_limit_usd",
        10.0,
        "Monthly limit in US dollars",
        "No question is sent whose answer could pass it; 0 sets no limit.",
        (0.0, 100_000.0),
        lets_out=limit_raised,
    ),
    _number(
        "cloud.silence_s",
        120,
        "Seconds until a silent provider counts as lost",
        "Models that think for long may say nothing for a while.",
        (5, 3_600),
    ),
    Setting(
        key="cloud.sampling",
        type=bool,
        default=True,
        label="Send temperature and top-p",
        help="Some newer models accept neither, and say so. Anthropic is never sent them.",
        group="Cloud",
    ),
    _switch(
        "cloud.fall_back",
        "Offer the cloud when the model on this computer fails",
        "Before the first word, and only after you have seen what would be sent and agreed.",
    ),
    Setting(
        key="cloud.fall_back_to",
        type=str,
        default="anthropic",
        label="Provider to fall back to",
        help="Its chosen model answers then.",
        group="Cloud",
        choices=("anthropic", "openrouter", "huggingface", "openai-compatible"),
        lets_out=elsewhere,
    ),
    Setting(
        key="cloud.fall_back_on",
        type=str,
        default="out-of-memory host-crashed host-hung",
        label="Failures that count",
        help=f"Any of these words: {', '.join(FAILURES)}.",
        group="Cloud",
        maximum=500,
        verify=_check_failures,
        lets_out=more_words,
    ),
)

CLOUD_SECRETS = tuple(
    SecretSetting(
        name=name,
        label=f"Key for {label}",
        help="Your system's keyring keeps it, no file of Tacit's does.",
        after=f"cloud.{row}_model",
    )
    for name, row, label in (
        ("anthropic", "anthropic", "Anthropic"),
        ("openrouter", "openrouter", "OpenRouter"),
        ("openai", "own", "your own server"),
    )
)
