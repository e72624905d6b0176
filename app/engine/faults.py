"""What an exception of the runtime means, in words: the one place that reads its messages."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum

from app.core.errors import AppError, ErrorCode


class Phase(Enum):
    """What the runtime was doing when it failed."""

    LOADING = "loading"
    TOKENIZER = "tokenizer"
    TEMPLATE = "template"
    GENERATING = "generating"


_OUT_OF_MEMORY = AppError(
    "There is not enough free memory for this.",
    "Close other programs, lower the context limit in the settings, or choose a smaller model.",
    code=ErrorCode.OUT_OF_MEMORY,
)
_GREEDY_TEMPLATE = AppError(
    "The model's chat template asked for more memory than laying out a conversation takes.",
    "Choose another model.",
    code=ErrorCode.TEMPLATE_UNUSABLE,
)
_INCOMPLETE = AppError(
    "The part of the program that runs models is missing or damaged.",
    "Install the program again.",
)
_REINSTALL = "Verify or reinstall the model, or choose another one."
_OTHER_MODEL = "Choose another model."

# Fragments of the runtime's messages, in lower case, and what they mean in any phase.
_EVERYWHERE: tuple[tuple[tuple[str, ...], AppError], ...] = (
    (
        (
            "bad_alloc",
            "bad allocation",
            "failed to allocate",
            "out of memory",
            "cannot allocate",
            "unable to allocate",
            "not enough memory",
            "e_outofmemory",
            "8007000e",
            "insufficient memory",
        ),
        _OUT_OF_MEMORY,
    ),
    (
        (
            "built with",
            "not supported in this build",
            "not enabled in this build",
            "interface not available",
            "unknown provider name",
            "failed to load library",
            "cannot open shared object",
            "no cuda-capable device",
            "driver version is insufficient",
            "ep_devices",
            "dml_helpers",  # DirectML found no card that it can use
        ),
        AppError(
            "This device cannot be used: the program, or the computer's driver, lacks it.",
            "Choose the device “auto” in the settings.",
            code=ErrorCode.DEVICE_UNAVAILABLE,
        ),
    ),
)
_LOADING: tuple[tuple[tuple[str, ...], AppError], ...] = (
    (
        (
            "unsupported model_type",
            "unsupported model type",
            "is not a registered function/op",
            "no op registered",
            "opset",
            "could not find an implementation",
            "is not supported. current",
            "unsupported model ir version",
        ),
        AppError(
            "This version of the program cannot run this kind of model.",
            _OTHER_MODEL,
            code=ErrorCode.MODEL_UNSUPPORTED,
        ),
    ),
)
_TEMPLATE: tuple[tuple[tuple[str, ...], AppError], ...] = (
    (
        ("empty chat template",),
        AppError(
            "This model has no chat template, so it is not made for conversations.",
            "Choose a model whose name ends in “instruct” or “chat”.",
            code=ErrorCode.TEMPLATE_UNUSABLE,
        ),
    ),
)
_OTHERWISE: Mapping[Phase, AppError] = {
    Phase.LOADING: AppError(
        "The model could not be loaded: its files are damaged or do not fit together.",
        _REINSTALL,
        code=ErrorCode.MODEL_BROKEN,
    ),
    Phase.TOKENIZER: AppError(
        "The model's tokenizer could not be loaded: its files are damaged or of an unknown kind.",
        _REINSTALL,
        code=ErrorCode.MODEL_BROKEN,
    ),
    Phase.TEMPLATE: AppError(
        "The model's chat template cannot lay out this conversation.",
        _OTHER_MODEL,
        code=ErrorCode.TEMPLATE_UNUSABLE,
    ),
    Phase.GENERATING: AppError(
        "The model stopped with an error of its own while it was working.",
        "Try again; if it happens again, verify the model or choose another one.",
        code=ErrorCode.MODEL_BROKEN,
    ),
}


def in_words(error: BaseException, phase: Phase) -> AppError:
    """What an exception of the runtime means. Its own text may hold a prompt: it stays here."""
    if isinstance(error, AppError):
        return error
    meaning = _meaning(error, phase)
    return AppError(meaning.what, meaning.todo, code=meaning.code)


def _meaning(error: BaseException, phase: Phase) -> AppError:
    if isinstance(error, MemoryError):
        return _GREEDY_TEMPLATE if phase is Phase.TEMPLATE else _OUT_OF_MEMORY
    if isinstance(error, ImportError):
        return _INCOMPLETE
    text = str(error).lower()
    tables = _EVERYWHERE
    if phase is Phase.LOADING:
        tables += _LOADING
    elif phase is Phase.TEMPLATE:
        # A template's error may quote the conversation, which must not pick the sentence.
        tables = _TEMPLATE
        text = text[: len("empty chat template")]
    for fragments, meaning in tables:
        if any(fragment in text for fragment in fragments):
            return meaning
    return _OTHERWISE[phase]
