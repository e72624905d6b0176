"""Which of the three ways of speaking a service understands."""

from __future__ import annotations

from collections.abc import Iterator

from app.core.cloud import CloudModel, Demand, Service, Speech
from app.providers.cloud.calls import CloudEnd, Piece
from app.providers.cloud.transport import Way


def answer(demand: Demand, way: Way) -> Iterator[Piece | CloudEnd]:
    """The pieces of one answer as they come, and its end; raises `AppError`."""
    match demand.service.speech:
        case Speech.ANTHROPIC:
            from app.providers.cloud import anthropic_speech

            return anthropic_speech.answer(demand, way)
        case Speech.HUGGINGFACE:
            from app.providers.cloud import huggingface_speech

            return huggingface_speech.answer(demand, way)
        case Speech.OPENAI:
            from app.providers.cloud import openai_speech

            return openai_speech.answer(demand, way)


def models(service: Service, way: Way) -> Iterator[CloudModel]:
    """What the service has; raises `AppError`. The hub's router lists as OpenAI does."""
    if service.speech is Speech.ANTHROPIC:
        from app.providers.cloud import anthropic_speech

        return anthropic_speech.models(service, way)
    from app.providers.cloud import openai_speech

    return openai_speech.models(service, way)
