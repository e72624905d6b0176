"""The servers that models come from: what fetching and downloading may reach."""

from __future__ import annotations

from collections.abc import Mapping

from app.core.egress import Purpose
from app.network.policy import Policy
from app.network.url import Url

_HUB = ("huggingface.co", "*.huggingface.co", "*.hf.co")

REACH: Mapping[Purpose, tuple[str, ...]] = {
    Purpose.MODEL_LIST: _HUB,
    Purpose.MODEL_DOWNLOAD: _HUB,
}


def way_to(where: Url, purpose: Purpose, policy: Policy) -> tuple[str, ...]:
    """The rules to open the gateway with, the server that is asked first."""
    return where.rule, *REACH.get(purpose, ()), *policy.endpoints
