"""Numbers that check themselves: whether a row of digits can be what it looks like.

The rules are those of ISO 13616 (IBAN), ISO/IEC 7812 (cards) and of the offices that give the
numbers out. All take the number without spaces and separators.
"""

from __future__ import annotations

import re
from collections import Counter
from itertools import cycle

_IBAN_LENGTHS = {
    "AD": 24, "AE": 23, "AL": 28, "AT": 20, "BA": 20, "BE": 16, "BG": 22, "CH": 21, "CY": 28,
    "CZ": 24, "DE": 22, "DK": 18, "EE": 20, "ES": 24, "FI": 18, "FO": 18, "FR": 27, "GB": 22,
    "GE": 22, "GI": 23, "GL": 18, "GR": 27, "HR": 21, "HU": 28, "IE": 22, "IL": 23, "IS": 26,
    "IT": 27, "KW": 30, "LI": 21, "LT": 20, "LU": 20, "LV": 21, "MC": 27, "MD": 24, "ME": 22,
    "MK": 19, "MT": 31, "NL": 18, "NO": 15, "PL": 28, "PT": 25, "QA": 29, "RO": 24, "RS": 22,
    "SA": 24, "SE": 24, "SI": 19, "SK": 24, "SM": 27, "TN": 24, "TR": 26, "UA": 29, "XK": 20,
}  # fmt: skip
_DNI_LETTERS = "TRWAGMYFPDXBNJZSQVHLCKE"
_FISCAL_ODD = dict(
    zip(
        "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ",
        (1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3,
         6, 8, 12, 14, 16, 10, 22, 25, 24, 23),
        strict=True,
    )
)  # fmt: skip


def iban_length(country: str) -> int | None:
    """How many characters an IBAN of that country has; None where it has none."""
    return _IBAN_LENGTHS.get(country)


def is_iban(number: str) -> bool:
    """Any country's account number: the length of the country, and modulo 97."""
    number = number.upper()
    if len(number) != _IBAN_LENGTHS.get(number[:2], 0) or not number.isalnum():
        return False
    turned = number[4:] + number[:4]
    return int("".join(str(int(character, 36)) for character in turned)) % 97 == 1


def is_card(number: str) -> bool:
    """A payment card: a known first digit, 13 to 19 of them, and Luhn's check."""
    return 13 <= len(number) <= 19 and number[0] in "23456" and _luhn(number)


def _luhn(number: str) -> bool:
    total = 0
    for place, digit in enumerate(reversed(number)):
        value = int(digit) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0 and len(set(number)) > 1


def is_german_tax_id(number: str) -> bool:
    """Steuerliche Identifikationsnummer: ISO 7064 MOD 11,10, one digit twice or three times."""
    if len(number) != 11 or number[0] == "0":
        return False
    repeated = [count for count in Counter(number[:10]).values() if count > 1]
    if len(repeated) != 1 or repeated[0] > 3:
        return False
    product = 10
    for digit in number[:10]:
        total = (int(digit) + product) % 10 or 10
        product = total * 2 % 11
    return (11 - product) % 10 == int(number[10])


def is_german_pension_number(number: str) -> bool:
    """Rentenversicherungsnummer: 2 digits, the date of birth, a letter, 2 digits, a check."""
    if re.fullmatch(r"\d{8}[A-Z]\d{3}", number) is None:
        return False
    digits = f"{number[:8]}{ord(number[8]) - 64:02d}{number[9:11]}"
    weights = (2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1)
    total = sum(
        sum(divmod(int(digit) * weight, 10)) for digit, weight in zip(digits, weights, strict=True)
    )
    return total % 10 == int(number[11])


def is_german_id_card(number: str) -> bool:
    """Personalausweis or passport: nine places and a check, weighted 7, 3, 1."""
    if re.fullmatch(r"[CFGHJKLMNPRTVWXYZ][0-9CFGHJKLMNPRTVWXYZ]{8}\d", number) is None:
        return False
    total = sum(
        int(place, 36) * weight for place, weight in zip(number[:9], cycle((7, 3, 1)), strict=False)
    )
    return total % 10 == int(number[9]) and any(map(str.isdigit, number[:9]))


def is_swiss_ahv(number: str) -> bool:
    """AHV number of Switzerland: begins with 756, check of EAN-13."""
    if re.fullmatch(r"756\d{10}", number) is None:
        return False
    total = sum(int(d) * (3 if place % 2 else 1) for place, d in enumerate(number))
    return total % 10 == 0


def is_austrian_insurance_number(number: str) -> bool:
    """Sozialversicherungsnummer of Austria: a check at the fourth place, then the birthday."""
    if re.fullmatch(r"[1-9]\d{9}", number) is None or not 1 <= int(number[6:8]) <= 15:
        return False
    weights = (3, 7, 9, 0, 5, 8, 4, 2, 1, 6)
    total = sum(int(digit) * weight for digit, weight in zip(number, weights, strict=True))
    return total % 11 == int(number[3])


def is_nhs_number(number: str) -> bool:
    """Patient number of the British health service: modulo 11."""
    if re.fullmatch(r"\d{10}", number) is None:
        return False
    total = sum(int(digit) * (10 - place) for place, digit in enumerate(number[:9]))
    return (11 - total % 11) % 11 == int(number[9])


def is_nino(number: str) -> bool:
    """National Insurance number of the United Kingdom; it has no check, but a strict form."""
    return (
        re.fullmatch(
            r"(?!BG|GB|NK|KN|TN|NT|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z]\d{6}[A-D]", number
        )
        is not None
    )


def is_ssn(number: str) -> bool:
    """Social Security number of the United States; no check, but numbers never given out."""
    return re.fullmatch(r"(?!000|666|9)\d{3}(?!00)\d{2}(?!0000)\d{4}", number) is not None


def is_spanish_id(number: str) -> bool:
    """DNI or NIE of Spain: the letter is the number modulo 23."""
    match = re.fullmatch(r"([XYZ]?)(\d{7,8})([A-Z])", number)
    if match is None or len(number) != 9:
        return False
    value = int(f"{'XYZ'.index(match[1]) if match[1] else ''}{match[2]}")
    return _DNI_LETTERS[value % 23] == match[3]


def is_french_insurance_number(number: str) -> bool:
    """NIR of France: two last digits are 97 minus the rest modulo 97."""
    if re.fullmatch(r"[12]\d{4}(\d{2}|2[AB])\d{8}", number) is None:
        return False
    value = int(number[:13].replace("2A", "19").replace("2B", "18"))
    return 97 - value % 97 == int(number[13:])


def is_italian_fiscal_code(number: str) -> bool:
    """Codice fiscale of Italy: a letter at the end that sums up the others."""
    if re.fullmatch(r"[A-Z]{6}\d{2}[A-EHLMPRST]\d{2}[A-Z]\d{3}[A-Z]", number) is None:
        return False
    total = 0
    for place, character in enumerate(number[:15]):
        even = int(character, 36) - (0 if character.isdigit() else 10)
        total += even if place % 2 else _FISCAL_ODD[character]
    return chr(65 + total % 26) == number[15]


def is_dutch_bsn(number: str) -> bool:
    """Burgerservicenummer of the Netherlands: the test of eleven."""
    if re.fullmatch(r"\d{9}", number) is None or number == "000000000":
        return False
    weights = (9, 8, 7, 6, 5, 4, 3, 2, -1)
    total = sum(int(digit) * weight for digit, weight in zip(number, weights, strict=True))
    return total % 11 == 0


def is_pesel(number: str) -> bool:
    """PESEL of Poland: weights 1, 3, 7, 9, and a month that says the century."""
    if re.fullmatch(r"\d{11}", number) is None or not 1 <= int(number[2:4]) % 20 <= 12:
        return False
    total = sum(
        int(d) * weight for d, weight in zip(number[:10], cycle((1, 3, 7, 9)), strict=False)
    )
    return (10 - total % 10) % 10 == int(number[10])
