"""Numbers that check themselves: true ones pass, and most slips of the pen do not."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from app.redaction import check_digits as checks

VALID: list[tuple[Callable[[str], bool], str]] = [
    (checks.is_iban, "DE89370400440532013000"),
    (checks.is_iban, "gb29nwbk60161331926819"),
    (checks.is_iban, "NO9386011117947"),
    (checks.is_card, "4111111111111111"),
    (checks.is_card, "378282246310005"),
    (checks.is_german_tax_id, "47036892816"),
    (checks.is_german_pension_number, "15070649C103"),
    (checks.is_german_id_card, "T220001293"),
    (checks.is_swiss_ahv, "7569217076985"),
    (checks.is_austrian_insurance_number, "1237010180"),
    (checks.is_nhs_number, "9434765919"),
    (checks.is_nino, "AB123456C"),
    (checks.is_ssn, "219099999"),
    (checks.is_spanish_id, "12345678Z"),
    (checks.is_spanish_id, "X1234567L"),
    (checks.is_french_insurance_number, "255081416802538"),
    (checks.is_italian_fiscal_code, "RSSMRA85T10A562S"),
    (checks.is_dutch_bsn, "111222333"),
    (checks.is_pesel, "44051401359"),
]
# Without a check digit, a slip of the pen gives another number that could be one.
FORM_ONLY = {checks.is_nino, checks.is_ssn}


@pytest.mark.parametrize(("check", "number"), VALID)
def test_true_numbers_pass(check: Callable[[str], bool], number: str) -> None:
    assert check(number)


@pytest.mark.parametrize(("check", "number"), [pair for pair in VALID if pair[0] not in FORM_ONLY])
def test_no_other_last_place_passes(check: Callable[[str], bool], number: str) -> None:
    last = number[-1]
    places = "0123456789" if last.isdigit() else "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    others = [number[:-1] + place for place in places if place != last.upper()]
    assert not any(map(check, others))


@pytest.mark.parametrize("check", dict.fromkeys(check for check, _ in VALID))
@pytest.mark.parametrize("text", ["", "1", "abc", "DE", "0" * 11, "1" * 16, "ä" * 10, "9" * 40])
def test_nonsense_passes_nowhere(check: Callable[[str], bool], text: str) -> None:
    assert not check(text)
