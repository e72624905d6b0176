"""What redaction speaks of: kinds of personal data, and where in a text they stand."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What a piece of text is; the value begins its placeholder."""

    NAME = "NAME"
    ADDRESS = "ADDRESS"
    EMAIL = "EMAIL"
    PHONE = "PHONE"
    IBAN = "IBAN"
    CARD = "CARD"
    NATIONAL_ID = "ID"
    BIRTH_DATE = "BIRTH_DATE"
    SECRET = "SECRET"  # noqa: S105  (no secret, the word for one)
    OWN_WORD = "TERM"


@dataclass(frozen=True, slots=True)
class Span:
    """`text[start:end]` is of this kind."""

    start: int
    end: int
    kind: Kind

    def __len__(self) -> int:
        return self.end - self.start


# Where two pieces overlap, the surer kind wins: those with check digits before patterns, and
# patterns before words.
RANK = {
    kind: rank
    for rank, kind in enumerate(
        (
            Kind.OWN_WORD,
            Kind.SECRET,
            Kind.EMAIL,
            Kind.IBAN,
            Kind.CARD,
            Kind.NATIONAL_ID,
            Kind.BIRTH_DATE,
            Kind.PHONE,
            Kind.ADDRESS,
            Kind.NAME,
        )
    )
}
