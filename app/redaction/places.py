"""Finds postal addresses: a street with its number, in whatever order, and the town behind it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from app.redaction import streets
from app.redaction.values import Kind, Span

_GAP = r"(?:[ ]?,[ ]?|[ ]?\n[ \t]*|[ ]-[ ]|[ ]in[ ]|[ ])"
_COMMA = r"(?:[ ]?,[ ]|[ ]?\n[ \t]*|[ ]-[ ])"
_STRICT_TOWN = rf"(?:{streets.CODE_TOWN}|{streets.STRICT_TOWN_CODE}|{streets.UK})"
# Behind a street: what stands between it and the town, the town, and the country.
_TAIL = re.compile(
    rf"(?:{_GAP}{streets.UNIT}){{0,3}}"
    rf"(?:(?:{_COMMA}{streets.REGION}){{0,3}}?{_GAP}{streets.CODE_TOWN}"
    rf"|(?:{_COMMA}{streets.REGION}){{0,3}}?{_GAP}(?:{streets.TOWN_CODE}|{streets.UK})"
    rf"|(?:,[ ]{streets.REGION}){{1,3}}(?=[.;!?)\"]|$|\n))?"
)
_STREETS = tuple(
    re.compile(rf"(?<![\w.,/-]){pattern}(?!\w)")
    for pattern in (
        streets.GERMAN,
        streets.ENGLISH,
        streets.FRONT_THEN_NUMBER,
        streets.NUMBER_THEN_FRONT,
        streets.NUMBERED_UNIT,
        streets.ONLY_UNITS,
    )
)
# Streets that are told only by the town behind them.
_WITH_TOWN = tuple(
    re.compile(rf"(?<![\w.,/-]){pattern}(?:{_COMMA}{streets.UNIT}){{0,3}}{_COMMA}{_STRICT_TOWN}")
    for pattern in (
        streets.ANY,
        streets.GERMAN_NAME,
        streets.FRONT_WITHOUT_NUMBER,
        streets.NAMED_HOUSE + streets.NAMES,
    )
)
_TOWN_FIRST = re.compile(
    rf"(?<!\w)\d{{4,5}}[ ]{streets.NAMES},[ ](?:{streets.GERMAN}|{streets.FRONT_THEN_NUMBER})"
)
_BOX = re.compile(
    r"(?<!\w)(?:P\.?\s?O\.?[ ]?Box|Private Bag|GPO Box|Postfach|Postbus|Boîte postale|BP"
    r"|Apartado(?: de correos)?|Casella postale|Caixa postal|Skrytka pocztowa|Postboks"
    r"|Box)[ ](?:[A-Z]?\d[\d ]{0,8}\d|\d{2,6})(?!\w)"
)
_ALONE = (
    re.compile(
        rf"(?<![\w.,-])(?:[A-Z]{{1,2}}-\d{{4,5}}|\d{{4}}[ ][A-Z]{{2}}|\d\d-\d{{3}}"
        rf"|\d{{3}}[ ]\d\d)[ ]{streets.WORD}"
    ),
    re.compile(
        r"(?<![\w.,-])(?:(?:D|A|CH)-)?\d{5}[ ](?=[A-ZÄÖÜ])"
        rf"{streets.WORD}(?:[ ](?:am|an der|im|in der|bei|ob der)[ ]{streets.WORD})?"
    ),
    re.compile(rf"(?<!\w)(?:{streets.WORD}(?:[ ]{streets.WORD}){{0,2}},?[ ])?{streets.UK}"),
    re.compile(
        rf"(?<!\w){streets.WORD}(?:[ ]{streets.WORD}){{0,2}},?[ ]"
        r"[A-Z]{2}[ ]\d{5}(?:-\d{4})?(?!\w)"
    ),
    re.compile(streets.CYRILLIC),
    re.compile(streets.JAPANESE),
)
_FOUR_DIGITS = re.compile(rf"(?<![\w.,-])(?!1[89]|20)[1-9]\d{{3}}[ ](?P<town>{streets.WORD})")
_NO_STREET = re.compile(
    r"^(?:Am|Im|An der|An dem|Zum|Zur|In der|Auf der|In den|In dem|Bei der|Beim|Vor dem"
    r"|Vor der)\s+(?:Montag|Dienstag|Mittwoch|Donnerstag|Freitag|Samstag|Sonntag|Jahre?|Januar"
    r"|Februar|März|April|Mai|Juni|Juli|August|September|Oktober|November|Dezember|Anhang|Kapitel"
    r"|Abschnitt|Alter|Absatz|Schnitt|Punkt|Stand|Tag|Fall|Kurs|Zimmer|Raum|Quartal|Teil|Artikel"
    r"|Beispiel|Bild|Sommer|Winter|Durchschnitt|Version|Tabelle|Zeile|Seite|Klasse|Gruppe|Nummer"
    r"|Woche|Frage|Aufgabe|Anlage|Band|Heft|Gleis|Ausgabe|Version)\b"
    r"|^(?:Die|Der|Das|Eine?|Bundesstraße|Autobahn|Landstraße|Kreisstraße|Version|Seite|Kapitel"
    r"|Absatz|Anlage)\s"
    r"|^\d{1,4}\s(?:January|February|March|April|May|June|July|August|September|October|November"
    r"|December)\b"
)
_NO_TOWN = re.compile(
    r"^\d{4,6}\s+(?:Euro|EUR|Dollars?|USD|CHF|Meter|Kilometer|Stück|Menschen|Personen|Einwohner"
    r"|Jahre|Tage|Wörter|Zeichen|Teilnehmer|Mitarbeiter|Besucher|Kunden|Tonnen|Liter|Kilo|Gramm"
    r"|Zeilen|Fälle|Patienten|Token|Tokens|Byte|Bytes|Dateien|Seiten|Bestellungen|Punkte|Mal"
    r"|Schritte|Watt|Uhr|Quadratmeter|Kilowattstunden|Stunden|Minuten|Sekunden|Franken|Pfund"
    r"|Exemplare|Visitors|People|Users|Customers|Members|Employees|Points|Words|Lines|Files|Orders"
    r"|Students|Units|Copies)\b"
)


def find_places(text: str, towns: Collection[str] = ()) -> Iterator[Span]:
    """Streets with numbers, towns with codes, post boxes; some may overlap.

    Four digits before a town may be a year: they are a code only before one of `towns`.
    """
    for match in _FOUR_DIGITS.finditer(text):
        if match["town"] in towns:
            yield _span(text, match.start(), match.end())
    for pattern in (*_STREETS, _BOX, _TOWN_FIRST):
        for match in pattern.finditer(text):
            if not _NO_STREET.match(match[0]):
                tail = _TAIL.match(text, match.end())
                yield _span(text, match.start(), tail.end() if tail else match.end())
    for pattern in (*_WITH_TOWN, *_ALONE):
        for match in pattern.finditer(text):
            if not _NO_TOWN.match(match[0]):
                yield _span(text, match.start(), match.end())


def _span(text: str, start: int, end: int) -> Span:
    return Span(start, start + len(text[start:end].rstrip(" ,\n.")), Kind.ADDRESS)
