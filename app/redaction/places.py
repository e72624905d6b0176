"""Finds postal addresses as they are written in German and in English."""

from __future__ import annotations

import re
from collections.abc import Iterator

from app.redaction.values import Kind, Span

_NAME = r"[A-ZÄÖÜ][\w'\u2019-]*"
_GERMAN_STREET = (
    rf"(?:(?:(?:Am|An der|An den|Auf der|Im|In der|In den|Zum|Zur|Unter den|Alte[rn]?|Neue[rn]?"
    rf"|Große|Kleine|Lange|Hohe|Obere|Untere)\s+)?(?:{_NAME}[ -]){{0,2}}"
    r"(?:[A-ZÄÖÜ][\w-]*(?:stra(?:ß|ss)e|str\.|weg|allee|platz|gasse|ring|damm|ufer|chaussee|steig"
    r"|hof|pfad|stieg|markt|graben|berg|linden)"
    r"|(?:Stra(?:ß|ss)e|Str\.|Weg|Allee|Platz|Gasse|Ring|Damm|Ufer|Chaussee|Steig|Hof|Pfad|Markt"
    r"|Graben|Berg))"
    rf"|(?:Am|An der|An den|Auf der|Im|In der|In den|Zum|Zur|Unter den)\s+{_NAME}(?:[ ]{_NAME})?)"
)
_GERMAN_NUMBER = r"\s?\d{1,4}(?:\s?[a-h](?!\w))?(?:\s?[-/]\s?\d{1,3})?"
_GERMAN_TOWN = (
    rf"(?:(?:D|A|CH)-)?\d{{4,5}}\s+{_NAME}(?:[ -](?:am|an der|im|in der|bei|ob der)[ -]{_NAME}"
    rf"|-{_NAME}|[ ](?:{_NAME})(?=[.,;\n]|$))?"
)
_ENGLISH_STREET = (
    rf"\d{{1,5}}[A-Za-z]?\s+(?:(?:North|South|East|West|N\.?|S\.?|E\.?|W\.?)\s+)?(?:{_NAME}\s+"
    r"|\d{1,3}(?:st|nd|rd|th)\s+){1,3}"
    r"(?:Street|St\b\.?|Road|Rd\b\.?|Avenue|Ave\b\.?|Lane|Ln\b\.?|Drive|Dr\b\.?|Boulevard"
    r"|Blvd\b\.?|Court|Ct\b\.?|Place|Pl\b\.?|Square|Sq\b\.?|Terrace|Crescent|Close|Gardens|Grove"
    r"|Way|Hill|Mews|Row|Parkway|Pkwy\b\.?|Walk|Green)"
    r"(?:,?\s+(?:Apt|Apartment|Flat|Suite|Unit|#)\.?\s*\w{1,5})?"
)
_POSTCODE = r"[A-Z]{1,2}\d[A-Z\d]?\s?\d[A-Z]{2}\b"
_ZIP = r"[A-Z]{2}\s+\d{5}(?:-\d{4})?\b"
_ENGLISH_TOWN = rf"(?:{_NAME}(?:\s{_NAME}){{0,2}},?\s+)(?:{_ZIP}|{_POSTCODE})"
_STREET_AND_TOWN = (
    rf"(?<![\w.]){_ENGLISH_STREET}"
    rf"(?:\s*,?\s*(?:{_NAME}(?:\s{_NAME}){{0,2}}\s*,\s*)?{_ENGLISH_TOWN})?"
)
_PATTERNS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"(?<!\w){_GERMAN_STREET}{_GERMAN_NUMBER}(?!\w)(?:\s*[,\n]\s*{_GERMAN_TOWN})?",
        rf"(?<![\w.,-]){_GERMAN_TOWN.replace('{4,5}', '{5}')}",
        rf"(?<!\w)(?:Flat|Apartment|Apt\.?|Unit)\s+\w{{1,4}},\s*{_ENGLISH_STREET}",
        _STREET_AND_TOWN,
        rf"(?<!\w){_ENGLISH_TOWN}",
        rf"(?<!\w){_POSTCODE}",
        rf"(?<!\w)(?:P\.?\s?O\.? Box|Postfach)\s+\d[\d ]{{1,8}}\d(?:,\s*{_GERMAN_TOWN})?",
    )
)
_NO_STREET = re.compile(
    r"^(?:Am|Im|An der|Zum|Zur|In der|Auf der|In den)\s+(?:Montag|Dienstag|Mittwoch|Donnerstag"
    r"|Freitag|Samstag|Sonntag|Jahr|Januar|Februar|März|April|Mai|Juni|Juli|August|September|Oktober"
    r"|November|Dezember|Anhang|Kapitel|Abschnitt|Alter|Absatz|Schnitt|Punkt|Stand|Tag|Fall|Kurs"
    r"|Zimmer|Raum|Quartal|Teil|Artikel|Beispiel|Bild|Sommer|Winter|Durchschnitt)\b"
)
_NO_TOWN = re.compile(
    r"^\d{4,5}\s+(?:Euro|EUR|Dollar|USD|CHF|Meter|Kilometer|Stück|Menschen|Personen|Einwohner|Jahre"
    r"|Tage|Wörter|Zeichen|Teilnehmer|Mitarbeiter|Besucher|Kunden|Tonnen|Liter|Kilo|Gramm|Zeilen"
    r"|Fälle|Patienten|Token|Tokens|Byte|Bytes|Dateien|Seiten|Bestellungen|Punkte|Mal|Schritte|Watt"
    r"|Uhr|Quadratmeter|Kilowattstunden|Stunden|Minuten|Sekunden|Franken|Pfund|Exemplare)\b"
)


def find_places(text: str) -> Iterator[Span]:
    """Streets with numbers, towns with codes, post boxes; some may overlap."""
    for pattern in _PATTERNS:
        for match in pattern.finditer(text):
            if _NO_STREET.match(match[0]) or _NO_TOWN.match(match[0]):
                continue
            yield Span(match.start(), match.start() + len(match[0].rstrip(" ,\n")), Kind.ADDRESS)
