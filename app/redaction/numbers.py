"""Finds what has the form of a number, an address on the net, a date of birth or a key."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from app.redaction import check_digits as checks
from app.redaction.values import Kind, Span

_NEAR = 28  # characters in front in which a word says what a number is
_WORD = r"(?<![\w])"
_END = r"(?![\w])"


@dataclass(frozen=True, slots=True)
class _Form:
    """One form of one kind: where `pattern` matches and `accepts` the plain characters.

    Where there is a `cue`, it has to match right in front.
    """

    kind: Kind
    pattern: re.Pattern[str]
    accepts: Callable[[str], bool] = lambda _: True
    cue: re.Pattern[str] | None = None


def _cue(words: str) -> re.Pattern[str]:
    # Between the word and the number there may be a little, but no other number.
    return re.compile(rf"(?:{words})[^\d\n]{{0,14}}$", re.IGNORECASE)


def _form(
    kind: Kind, pattern: str, accepts: Callable[[str], bool] = lambda _: True, cue: str = ""
) -> _Form:
    return _Form(kind, re.compile(pattern), accepts, _cue(cue) if cue else None)


def _is_phone(plain: str) -> bool:
    return 7 <= sum(map(str.isdigit, plain)) <= 15


_MONTHS = (
    r"(?:Jan(?:uary|uar)?|Feb(?:ruary|ruar)?|M(?:ar(?:ch)?|ärz)|Apr(?:il)?|Ma[iy]|Jun[ei]?|Jul[yi]?"
    r"|Aug(?:ust)?|Sept?(?:ember)?|O[ck]t(?:ober)?|Nov(?:ember)?|De[cz](?:ember)?)\.?"
)
_DATE = (
    rf"(?:\d{{1,2}}[./-]\d{{1,2}}[./-](?:19|20)?\d{{2}}|(?:19|20)\d{{2}}-\d{{2}}-\d{{2}}"
    rf"|\d{{1,2}}(?:st|nd|rd|th|\.)?\s+(?:of\s+)?{_MONTHS},?\s+(?:19|20)\d{{2}}"
    rf"|{_MONTHS}\s+\d{{1,2}}(?:st|nd|rd|th)?,?\s+(?:19|20)\d{{2}})"
)
_BORN = (
    r"\bborn(?:\s+on)?|date of birth|birth\s?date|birthday|\bD\.?O\.?B\.?"
    r"|geb(?:oren)?\b\.?(?:\s+am)?|geburtsdatum|geburtstag|geb\.-datum|[*]"
)
_CALL = (
    r"\b(?:tel(?:efon|ephone)?|phone|mobile?|mobil|handy|fax|cell|call|reach(?:ed)?|ruf\w*|anruf\w*"
    r"|nummer|number|durchwahl)\b\.?(?:\s*(?:me|us|her|him|them|nummer|number|no\.?|nr\.?|at|on"
    r"|is|ist|lautet|unter|mich|uns|an))*"
)

# In the order in which they are tried; the surer ones first.
_FORMS = (
    _form(Kind.EMAIL, r"(?<![\w.+-])[\w.+-]{1,64}@(?:[\w-]{1,63}\.)+[A-Za-z]{2,24}(?![\w-])"),
    _form(
        Kind.SECRET,
        r"-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]{0,8000}?-----END [A-Z ]*PRIVATE KEY-----",
    ),
    _form(
        Kind.SECRET,
        r"(?<![\w-])(?:sk-[A-Za-z0-9_-]{16,}|gh[pousr]_[A-Za-z0-9]{20,}|github_pat_\w{20,}"
        r"|AKIA[0-9A-Z]{16}|AIza[\w-]{30,}|xox[abprs]-[\w-]{10,}|hf_[A-Za-z0-9]{20,}"
        r"|glpat-[\w-]{16,}|npm_[A-Za-z0-9]{30,}|pypi-[\w-]{30,}|SG\.[\w-]{16,}\.[\w-]{16,}"
        r"|[rs]k_(?:live|test)_\w{16,}|eyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]{8,})",
    ),
    _form(
        Kind.SECRET,
        r"(?i:\b(?:pass(?:word|wort|phrase)|kennwort|pwd|(?:api|access|secret)[ _-]?(?:key|token)"
        r"|token|client[ _-]?secret|pin|puk)\b)\s*(?:(?:is|ist|lautet)\s*:?|[:=])\s*[\"'„“]?"
        r"(?P<value>[^\s\"'“”„,;]{4,200})",
        lambda plain: any(not character.isalpha() for character in plain),
    ),
    _form(Kind.CARD, rf"{_WORD}\d(?:[ -]?\d){{12,18}}{_END}", checks.is_card),
    _form(
        Kind.NATIONAL_ID, rf"{_WORD}756[. ]?\d{{4}}[. ]?\d{{4}}[. ]?\d\d{_END}", checks.is_swiss_ahv
    ),
    _form(
        Kind.NATIONAL_ID,
        rf"{_WORD}\d\d ?\d{{3}} ?\d{{3}} ?\d{{3}}{_END}",
        lambda plain: checks.is_german_tax_id(plain) or checks.is_pesel(plain),
    ),
    _form(
        Kind.NATIONAL_ID,
        rf"{_WORD}\d\d ?\d{{6}} ?[A-Z] ?\d{{3}}{_END}",
        checks.is_german_pension_number,
    ),
    _form(Kind.NATIONAL_ID, rf"{_WORD}[A-Z][0-9A-Z]{{8}}\d{_END}", checks.is_german_id_card),
    _form(Kind.NATIONAL_ID, rf"{_WORD}[XYZ]?-?\d{{7,8}}-?[A-Z]{_END}", checks.is_spanish_id),
    _form(
        Kind.NATIONAL_ID,
        rf"{_WORD}[12] ?\d\d ?\d\d ?(?:\d\d|2[AB]) ?\d{{3}} ?\d{{3}} ?\d\d{_END}",
        checks.is_french_insurance_number,
    ),
    _form(
        Kind.NATIONAL_ID,
        rf"{_WORD}[A-Z]{{6}}\d\d[A-EHLMPRST]\d\d[A-Z]\d{{3}}[A-Z]{_END}",
        checks.is_italian_fiscal_code,
    ),
    _form(Kind.NATIONAL_ID, rf"{_WORD}[A-Z]{{2}} ?\d\d ?\d\d ?\d\d ?[A-D]{_END}", checks.is_nino),
    _form(Kind.NATIONAL_ID, rf"{_WORD}\d{{3}}-\d\d-\d{{4}}{_END}", checks.is_ssn),
    _form(
        Kind.NATIONAL_ID,
        rf"{_WORD}\d{{9}}{_END}",
        checks.is_ssn,
        r"\bssn|social security(?: number)?",
    ),
    _form(
        Kind.NATIONAL_ID,
        rf"{_WORD}\d{{3}}[ -]?\d{{3}}[ -]?\d{{4}}{_END}",
        checks.is_nhs_number,
        r"\bnhs(?: number| no)?",
    ),
    _form(
        Kind.NATIONAL_ID,
        rf"{_WORD}\d{{4}} ?\d{{6}}{_END}",
        checks.is_austrian_insurance_number,
        r"\bsvnr|sozialversicherung\w*|versicherungsnummer",
    ),
    _form(
        Kind.NATIONAL_ID,
        rf"{_WORD}\d{{9}}{_END}",
        checks.is_dutch_bsn,
        r"\bbsn|burgerservicenummer",
    ),
    _form(Kind.BIRTH_DATE, rf"{_WORD}{_DATE}{_END}", cue=_BORN),
    _form(
        Kind.PHONE,
        r"(?<![\w+])(?:\+|00)[1-9]\d{0,2}(?:[ ./-]?\(?0?\)?[ ./-]?\d{1,5}){2,6}(?![\w])",
        _is_phone,
    ),
    _form(
        Kind.PHONE,
        r"(?<![\w./-])(?:\(0\d{2,5}\)|0\d{2,5})[ /-]{1,3}\d{2,}(?:[ -]\d{1,5}){0,4}(?![\w])",
        _is_phone,
    ),
    _form(Kind.PHONE, r"(?<![\w./-])0(?:1[5-7]\d|7\d{2,3})\d{6,8}(?![\w])", _is_phone),
    _form(Kind.PHONE, r"(?<![\w./-])\(?[2-9]\d\d\)?[ .-]{1,2}\d{3}[ .-]\d{4}(?![\w])"),
    _form(Kind.PHONE, r"(?<![\w./-])\d{3,}(?:[ ./-]?\d{1,5}){1,4}(?![\w])", _is_phone, _CALL),
)
_IBAN = re.compile(r"(?<!\w)[A-Za-z]{2}\d{2}(?: ?[A-Za-z0-9]){8,32}")
_SEPARATORS = re.compile(r"[ ./()\-]")


def find_numbers(text: str) -> Iterator[Span]:
    """Every such piece; some may overlap."""
    yield from _ibans(text)
    for form in _FORMS:
        for match in form.pattern.finditer(text):
            group = "value" if "value" in form.pattern.groupindex else 0
            start = match.start(group)
            if form.cue and not form.cue.search(text, max(0, start - _NEAR), start):
                continue
            piece = match[group].rstrip(".") if form.kind is Kind.SECRET else match[group]
            if form.accepts(_plain(piece, form.kind)):
                yield Span(start, start + len(piece), form.kind)


def _plain(piece: str, kind: Kind) -> str:
    return piece if kind in {Kind.EMAIL, Kind.SECRET} else _SEPARATORS.sub("", piece)


def _ibans(text: str) -> Iterator[Span]:
    """What follows an account number must not hide it: its country says how long it is."""
    for match in _IBAN.finditer(text):
        length = checks.iban_length(match[0][:2].upper())
        if length is None:
            continue
        end, taken = match.start(), 0
        while taken < length and end < match.end():
            taken += text[end] != " "
            end += 1
        if checks.is_iban(text[match.start() : end].replace(" ", "")):
            yield Span(match.start(), end, Kind.IBAN)
