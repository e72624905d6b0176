"""Which names are found, and which words with a capital are left alone."""

from __future__ import annotations

import pytest

from app.redaction.names import find_known, find_names, parts_of
from app.routing import name_lists

LISTS = name_lists()


def names(text: str) -> set[str]:
    return {text[span.start : span.end] for span in find_names(text, LISTS)}


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Yesterday I met Zorvaneth at the office.", "Zorvaneth"),
        ("My colleague Xilomene and I disagree.", "Xilomene"),
        ("I met her brother Sipho at the station.", "Sipho"),
        ("It was my friend Hunter who came.", "Hunter"),
        ("Please forward this to Ikkeswari Vondrask today.", "Ikkeswari Vondrask"),
        ("Regards,\nTholmund Quaverell", "Tholmund Quaverell"),
        ("See you soon!\n\nQuaverell", "Quaverell"),
        ("Mein Nachbar, ein gewisser Hartmuth Zöllwang, war da.", "Hartmuth Zöllwang"),
        ("Attendees: Vexilla, Tholmund", "Tholmund"),
        ("- Kaito\n- Brimelda\n", "Brimelda"),
        ("Thanks to Anna and Brimelda it works.", "Brimelda"),
        ("It is from j.vondrask@x.example. Vondrask is late.", "Vondrask"),
        ("Chère Madame Vondrasque, merci.", "Vondrasque"),
        ("Geachte heer ter Vondrask, dank u.", "ter Vondrask"),
        ("Szanowny Panie Wondraszczak,", "Wondraszczak"),
        ("Kære Tholmund, tak for sidst.", "Tholmund"),
        ("Quaverell-san will join us.", "Quaverell"),
        ("We asked Sheikh Hamad bin Tholmund to come.", "Hamad bin Tholmund"),
        ('{"lastName": "Vondrask"}', "Vondrask"),
        ("Beneficiary: Vondrask, Sipho. He knows.", "Vondrask, Sipho"),
        ("vondi: hi\nBrimelda: hello\nvondi: bye\n", "vondi"),
        ("i wrote to shanice yesterday and she is angry", "shanice"),
        ("明日、佐藤さんが来ます。", "佐藤"),
        ("王先生您好", "王"),
        ("김민서님, 안녕하세요.", "김민서"),
        ("Уважаемая Ольга Сергеевна, прошу ответить.", "Ольга Сергеевна"),
    ],
)
def test_a_name_is_found(text: str, name: str) -> None:
    assert name in names(text)


@pytest.mark.parametrize(
    "text",
    [
        "We migrate from Salesforce to HubSpot and use Kubernetes.",
        "The Zorvaneth has four wheels. A Zorvaneth is fast.",
        "We stay near Zorvaneth Castle and Lake Zorvaneth.",
        "Chapter One: The Long Road and the Quiet Harbour",
        "Die Wohnungsbaugesellschaft prüft den Mietvertrag und die Nebenkostenabrechnung.",
        "Ich nehme Metoprolol, Torasemid und Pantoprazol.",
        "class OrderController(BaseController): return JsonResponse(Order)",
        "ScrollBody and OOMKilled are words of programs.",
        "Wir übernachten in Linz, Melk und Krems.",
    ],
)
def test_what_is_no_person_is_left_alone(text: str) -> None:
    assert names(text) == set()


def test_a_genitive_is_no_part_of_the_name() -> None:
    assert names("That is Zorvaneth's desk, and I met Zorvaneth's son.") == {"Zorvaneth"}


def test_every_part_of_a_name_is_known_but_words_are_not() -> None:
    parts = set(parts_of("Grace Vondrask", LISTS))
    assert parts == {"Vondrask"}
    text = "Vondrask's car and Vondrasks Auto, with grace"
    assert [text[span.start : span.end] for span in find_known(text, parts)] == [
        "Vondrask",
        "Vondrask",
    ]
