"""Names in scripts without capitals, told by what follows them, and in Cyrillic letters."""

# ruff: noqa: RUF001  (letters of other languages are what this is about)

from __future__ import annotations

import re
from collections.abc import Iterator

from app.redaction.values import Kind, Span

_HAN = "\u4e00-\u9fff\u3005"
_JAPANESE = re.compile(
    rf"(?P<name>[{_HAN}]{{1,4}}|[\u30a0-\u30ff]{{2,8}})(?=(?:さん|様|さま|氏|君|くん|ちゃん|殿))"
)
_FAMILIES = (
    "王李张張刘劉陈陳杨楊黄黃赵趙吴吳周徐孙孫马馬朱胡郭何高林罗羅郑鄭梁谢謝宋唐许許韩韓冯馮邓鄧曹彭曾肖田董"
    "袁潘于蒋蔣蔡余杜叶葉程苏蘇魏吕呂丁任沈姚卢盧姜崔钟鍾谭譚陆陸汪范金石廖贾賈夏韦付方白邹孟熊秦邱江尹薛"
    "闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
)
_CHINESE = re.compile(
    rf"(?P<name>[{_FAMILIES}][{_HAN}]{{0,2}}?)"
    r"(?=先生|女士|小姐|太太|老师|老師|医生|醫生|经理|經理|教授|律师|律師|同学|总监|主任)"
)
_SAID = re.compile(
    rf"(?:我叫|我是|姓名[：:]\s?|联系人[：:]\s?)(?P<name>[{_FAMILIES}][{_HAN}]{{1,2}})"
)
_KOREAN = re.compile(
    r"(?<![\uac00-\ud7a3])(?P<name>[김이박최정강조윤장임한오서신권황안송전홍유고문양손배백허남심노하곽성차주우구"
    r"민류나진지엄채원천방공현함변염여추도소석선설마길연위표명기반왕금옥육인맹제모탁국어은편용]"
    r"[\uac00-\ud7a3]{1,2})"
    r"(?=\s?(?:님|씨|군|양|선생님|팀장|부장|과장|대리|사장|교수|박사|의사|기자)(?:님)?)"
)
_RUSSIAN_WORD = r"[А-ЯЁІЇЄҐ][а-яёіїєґ]+(?:-[А-ЯЁІЇЄҐ][а-яёіїєґ]+)?"
_PATRONYMIC = r"[А-ЯЁ][а-яё]+(?:ович|евич|ич|овна|евна|ична)(?:а|у|ем|ом|ой|ы|е)?"
_CYRILLIC = re.compile(
    rf"(?P<name>(?:{_RUSSIAN_WORD}\s)?{_RUSSIAN_WORD}\s{_PATRONYMIC}(?:\s{_RUSSIAN_WORD})?"
    rf"|{_RUSSIAN_WORD}\s(?:[А-ЯЁ]\.\s?){{1,2}}|(?:[А-ЯЁ]\.\s?){{1,2}}{_RUSSIAN_WORD}"
    rf"|(?<![.!?]\s)(?<!^){_RUSSIAN_WORD}\s{_RUSSIAN_WORD}(?!\s?(?:улица|область|район|край)))"
)
_CYRILLIC_CUE = re.compile(
    rf"(?i:уважаем(?:ый|ая|ые)|дорог(?:ой|ая)|привет|здравствуйте|господин\w*|госпож\w+|г-н\w*"
    rf"|г-ж\w+|меня зовут|шановн(?:ий|а)|пан(?:і"
    rf"|е)?)[,\s]+(?P<name>{_RUSSIAN_WORD}(?:\s{_RUSSIAN_WORD}){{0,2}})"
)
_GREEK = re.compile(
    r"(?:κ\.|κα|κύρι(?:ος|ε|ο|α)|κυρία|Αγαπητ(?:έ|ή|οί))\s+(?P<name>[Α-ΩΆ-Ώ][α-ωά-ώϊϋΐΰς]+"
    r"(?:\s[Α-ΩΆ-Ώ][α-ωά-ώϊϋΐΰς]+)?)"
)
_PATTERNS = (_JAPANESE, _CHINESE, _SAID, _KOREAN, _CYRILLIC, _CYRILLIC_CUE, _GREEK)
_ANY = re.compile(r"[\u0370-\u04ff\u3040-\u9fff\uac00-\ud7a3]")


def find_in_other_scripts(text: str) -> Iterator[Span]:
    """Names in Chinese, Japanese, Korean, Cyrillic and Greek letters; some may overlap."""
    if _ANY.search(text) is None:
        return
    for pattern in _PATTERNS:
        for match in pattern.finditer(text):
            yield Span(match.start("name"), match.end("name"), Kind.NAME)
