"""How streets, houses and towns are written, country by country, as parts of patterns."""

# ruff: noqa: RUF001  (letters of other languages are what this is about)

from __future__ import annotations

from app.redaction.cues import UPPER

WORD = (
    r"(?:(?:Ste?|Sta|Sto|Col|Dr|Sv|Mt|Ft|[A-Z])\."
    rf"|[{UPPER}](?:[\w'\u2019-]|\.(?=[\w-])){{0,40}})"
)
# Words within what a street or a town is called.
_SMALL = (
    r"(?:de la|de las|de los|de l['\u2019]|de|du|des|del|della|delle|dei|degli|di|da|do|dos|das"
    r"|d['\u2019]|l['\u2019]|la|le|les|el|los|las|van|van der|van de|den|der|von|am|an der|im"
    r"|in der|ob der|bei|und|y|e|en|upon|on|of|the|under|sur|sous|nad|pod)"
)
NAMES = rf"{WORD}(?:[ ](?:{_SMALL}[ ]?)?{WORD}){{0,3}}"
_NUMBER = (
    r"\d{1,5}(?:[ ]?[A-Za-z](?!\w|\.[ ]?\d|:))?(?:[ ]?(?:bis|ter|quater)(?!\w))?"
    r"(?:[ ]?[-/–][ ]?(?:\d{1,4}[A-Za-z]?|[IVX]{1,4}|[A-Za-z])(?!\w)){0,3}"
)
NUMBER = rf"(?:(?:No|Nr|nr|n[.º°o]|N[.º°o]|č\.p|č|num|núm|nº|№)[.:º°]{{0,2}}[ ]?)?{_NUMBER}"

# Words written together with the name: "Gartenstraße", "Prinsengracht", "Storgatan".
_ENDING = (
    r"stra(?:ß|ss)e|str\.|weg|allee|platz|gasse|gässli|ring|damm|ufer|chaussee|steig|hof|pfad"
    r"|stieg|markt|graben|berg|linden|hain|kamp|redder|twiete|wall|tor|brücke|park|wiese|feld|rain"
    r"|winkel|siedlung|blick|straat|gracht|laan|plein|kade|singel|dijk|plantsoen|dreef|steeg|hof"
    r"|pad|dreef|lei|gade|vej|vejen|gaden|torv|torvet|plads|stræde|allé|bakken|gata|gaten|gate"
    r"|veien|vegen|vei|veg|plass|gatan|vägen|väg|torget|gränd|backen|plan|stigen|katu|tie|kuja"
    r"|polku|kaari|tori|ranta|bulevardi|vegur|stígur|braut|götu|holt|hagi|ulica|utca|wiesen|äcker"
    r"|anger|halde|leite|deich|kai|brink|promenade|zeile|terrasse"
)
_ALONE_BEHIND = (
    r"Stra(?:ß|ss)e|Str\.|Weg|Allee|Platz|Gasse|Ring|Damm|Ufer|Chaussee|Steig|Hof|Pfad|Markt"
    r"|Graben|Berg|Reihe|Stieg|Twiete|Kamp|Mühle|Eichen|Linden|utca|út|útja|tér|tere|körút|sétány"
    r"|köz|u\.|krt\.|[Cc]addesi|[Cc]ad\.|[Ss]okak|[Ss]okağı|[Ss]ok\.|[Ss]k\.|[Bb]ulvarı|[Bb]lv\."
    r"|[Mm]ahallesi|[Mm]ah\.|[Nn]áměstí|[Uu]lice|[Tt]řída|[Nn]ábřeží|[Aa]llé|[Gg]ate|[Vv]ei"
    r"|[Pp]lass|[Gg]ata|[Vv]äg"
)
# Words in front of the name: "rue des Lilas", "Calle de Alcalá", "ul. Długa".
_FRONT = (
    r"[Rr]ue|[Aa]venue|[Aa]v\.|[Aa]ve\.|[Bb]oulevard|[Bb]d\.?|[Bb]vd\.|[Pp]lace|[Cc]hemin"
    r"|[Ii]mpasse|[Aa]llées?|[Qq]uai|[Cc]ours|[Rr]oute|[Ss]quare|[Pp]assage|[Ff]aubourg|[Ss]entier"
    r"|[Vv]oie|[Rr]uelle|[Cc]ité|[Rr]ésidence|lieu-dit|[Hh]ameau|[Cc]alle|C/|[Aa]venida|[Aa]vda?\."
    r"|[Pp]laza|[Pp]za\.|[Pp]aseo|[Pp]º|[Cc]arretera|[Cc]amino|[Rr]onda|[Gg]lorieta|[Tt]ravesía"
    r"|[Cc]arrer|[Pp]asseig|[Pp]laça|[Rr]ambla|[Cc]alzada|[Bb]lvd\.|[Rr]ua|R\.|[Pp]raça"
    r"|[Tt]ravessa|[Ll]argo|[Aa]lameda|[Ee]strada|[Rr]odovia|[Bb]eco|[Vv]ia|[Vv]iale|V\.le"
    r"|[Cc]orso|C\.so|[Pp]iazzale|[Pp]iazza|P\.zza|[Vv]icolo|[Ss]trada|[Ll]ungo\w+|[Cc]ontrada"
    r"|[Uu]l\.|[Uu]lica|[Uu]licy|[Aa]l\.|[Aa]leja|[Aa]leje|[Pp]l\.|[Pp]lac|[Oo]s\.|[Oo]siedle"
    r"|[Rr]ynek|[Nn]áměstí|[Nn]ám\.|[Tt]řída|[Bb]ulevardul|B-dul|[Cc]alea|[Aa]leea|[Șș]oseaua"
    r"|[Ss]tr\.|[Jj]alan|[Jj]l\."
)
_GERMAN_FRONT = (
    r"Am|An der|An den|An dem|Auf der|Auf dem|Im|In der|In den|In dem|Zum|Zur|Unter den|Unter der"
    r"|Bei der|Beim|Hinter der|Hinter dem|Vor dem|Vor der|Alte[rn]?|Neue[rn]?|Große|Kleine|Lange"
    r"|Hohe|Obere|Untere"
)
_TYPES = (
    r"Street|St\b\.?|Road|Rd\b\.?|Avenue|Ave\b\.?|Lane|Ln\b\.?|Drive|Dr\b\.?|Boulevard|Blvd\b\.?"
    r"|Court|Ct\b\.?|Place|Pl\b\.?|Square|Sq\b\.?|Terrace|Crescent|Close|Gardens?|Grove|Way|Hill"
    r"|Mews|Row|Parkway|Pkwy\b\.?|Walk|Green|Rise|Quay|Wharf|Circle|Cir\b\.?|Trail|Loop|Highway"
    r"|Hwy\b\.?|Vale|View|Parade|Esplanade|Alley|Yard|Park|Meadows?|Croft|End|Common|Broadway"
    r"|Strand|Fields?|Heights|Ridge|Run|Path|Turnpike|Paddocks?"
)
_BEFORE_NUMBER = (
    r"(?:(?:Flat|Apartment|Apt\.?|Unit|Suite|Level|Floor|Plot|Block|Room|House|Shop|Office|Blk"
    r"|Stage)[ ]"
    r"[\w/-]{1,5},?[ ]|\d{1,3}[A-Za-z]?/(?=\d))"
)
_FLOOR = (
    r"(?:(?:\d{1,2}(?:st|nd|rd|th)|First|Second|Third|Ground|Top)[ ][Ff]loor,?[ ]|(?:No\.?"
    r"|Number)[ ](?=\d))"
)
_HOUSE = rf"(?:(?:The[ ])?{WORD}(?:[ ]{WORD}){{0,2}},[ ])"
_HOUSE_KIND = (
    rf"(?:The[ ]{WORD}(?:[ ]{WORD}){{0,2}}|(?:{WORD}[ ]){{1,2}}(?:House|Cottage|Farm|Rectory|Lodge"
    rf"|Hall|Manor|Mill"
    r"|Barn|Villa|Building|Tower|Court|Vicarage|Grange|Mansions|Heights|Point|Wharf)),[ ]"
)
ENGLISH = (
    rf"(?:{_FLOOR})?(?:{_HOUSE_KIND})?(?:{_BEFORE_NUMBER}){{0,2}}(?:{_HOUSE_KIND})?"
    r"\d{1,5}(?:-\d{1,4})?[A-Za-z]?,?[ ]"
    rf"(?:(?:North|South|East|West|[NSEW]\.?)[ ])?(?:{WORD}[ ]|\d{{1,3}}(?:st|nd|rd"
    rf"|th)[ ]){{1,4}}?(?:{_TYPES})"
    r"(?:[ ](?:North|South|East|West|[NS]?[EW]|[NS]|\d{1,3})(?!\w))?"
)
NUMBERED_UNIT = rf"(?:{_BEFORE_NUMBER})(?:{WORD}[ ]){{1,3}}(?:{_TYPES})(?!\w)"
NAMED_HOUSE = rf"(?:{_BEFORE_NUMBER}|{_HOUSE_KIND}){{1,2}}(?:{_HOUSE}){{0,3}}"
GERMAN = (
    rf"(?:(?:(?:{_GERMAN_FRONT})[ ])?(?:{WORD}[ ]){{0,2}}(?:[{UPPER}][\w-]{{0,40}}(?:{_ENDING}"
    rf"|-(?:{_ALONE_BEHIND}))|(?:{_ALONE_BEHIND}))"
    r"|(?:Straße|Platz) des \d{1,2}\. [A-Z]\w+"
    rf"|(?:{_GERMAN_FRONT})[ ]{WORD}(?:[ ]{WORD})?)(?:[ ]{{0,2}}|,[ ]){NUMBER}"
)
GERMAN_NAME = (  # where a town follows
    rf"(?:{WORD}[ ]){{0,2}}[{UPPER}][\w-]{{0,40}}"
    r"(?:stra(?:ß|ss)e|str\.|weg|allee|gasse|platz|ufer|chaussee|damm)"
)
FRONT_THEN_NUMBER = rf"(?:{_FRONT})[ ](?:{_SMALL}[ ]?){{0,2}}{NAMES}(?:,?[ ]{NUMBER})"
NUMBER_THEN_FRONT = rf"{_NUMBER},?[ ](?:{_FRONT})[ ](?:{_SMALL}[ ]?){{0,2}}{NAMES}"
FRONT_WITHOUT_NUMBER = rf"(?:lieu-dit|[Hh]ameau|[Rr]ésidence)[ ]{NAMES}"
ANY = rf"{NAMES}[ ]{NUMBER}"  # only where a town follows
JAPANESE = (
    rf"(?:\d{{1,3}}-){{1,3}}\d{{1,3}}[ ]{WORD},(?:[ ]{WORD},){{0,2}}"
    rf"[ ]{WORD}(?:[ ]\d{{3}}-\d{{4}})?"
    r"|〒?\d{3}-\d{4}[ 　]?[\u4e00-\u9fff]{2,4}[都道府県][^\s、。]{2,30}"
    r"|[\u4e00-\u9fff]{2,4}[都道府県][\u4e00-\u9fff]{1,6}[区市町村][^\s、。]{1,20}\d"
    r"|[\u4e00-\u9fff]{2,8}[市区县][\u4e00-\u9fff]{1,10}[路街道巷]\d{1,5}[号號](?:\d{1,4}[室楼层])?"
)
ONLY_UNITS = (
    r"(?:(?:House|Street|Road|Sector|Block|Lane|Phase|Plot)[ ](?:No\.?[ ])?[\w/-]{1,5},[ ]){2,3}"
    rf"(?:[A-Z]-?\d[\w/-]{{0,4}},[ ])?{WORD}"
)
CYRILLIC = (
    r"(?:(?:ул|просп|пр-т|пер|пл|наб|бул|вул)\.?|улица|проспект|переулок|площадь"
    r"|вулиця)[ ][А-ЯЁІЇЄҐ][\w -]{1,30}"
    r"(?:,[ ](?:д|дом|буд)\.?[ ]?|,?[ ])\d{1,4}[а-яА-Я]?(?:/\d+)?(?:,[ ](?:к|корп|стр)\.?[ ]?\d+)?"
    r"(?:,[ ]?кв\.?[ ]?\d{1,4})?(?:,[ ]\d{5,6}(?:[ ][А-ЯЁІЇЄҐ][\w-]+)?"
    r"|,[ ](?:г\.[ ]?)?[А-ЯЁІЇЄҐ][\w-]+)?"
)

# What may stand between a street and its town: stairs, floors, doors.
UNIT = (
    r"(?:(?:Apt|Apartment|Flat|Suite|Ste|Unit|Floor|Level|Room|App|Appt|apto|ap|appartement"
    r"|bâtiment|bât|esc|escalier|étage|piso|puerta|planta|interno|int|scala|piano|bus|lok|kv|lgh"
    r"|Top|Stiege|Stock|Whg|Daire|Kat|byt|Block)"
    r"\.?[ ]?\w{1,5}(?!\w)|(?:m|D|K|sc|et|кв|OG)[.:]?[ ]?\d{1,4}(?!\w)|\#[ ]?[\w-]{1,8}"
    r"|\d{1,2}\.?[ ]?[ºªoa]?\.?[ ]?(?:izquierda|izda?\.?|derecha|dcha?\.?|[EeDd]sq\.?|[Dd]to\.?"
    r"|[Ff]te\.?|th\b\.?|tv\b\.?|mf\b\.?|sal\b\.?|OG|Stock|floor|étage|em\.|door|[A-D]\b"
    r"|[ºª])(?:[ ]\d?[a-zªº]{1,2}(?!\w))?|\d[nrtm][ ]\d[a-zªº]|[A-D][ ]?\d{1,3}(?!\w))"
)
_PLACE_NAME = NAMES
_PLAIN_CODE = (
    r"(?:(?:D|A|CH|F|L|B|DK|S|N|FI|I|E|PL|CZ|NL)-)?(?:\d{4}[ ]?[A-Z]{2}(?!\w)|\d{2}-\d{3}"
    r"|\d{5}-\d{3}|\d{4}-\d{3}|\d{3}[ ]\d{2}|\d{3}-\d{4}|\d{6}|\d{5}|\d{4}"
    r"|(?<=[ ,\n])\d{3}(?=[ ]Reykjav))(?!\d)"
)
UK = r"[A-Z]{1,2}\d[A-Z\d]?[ ]?\d[A-Z]{2}(?!\w)"
_CANADA = r"[A-Z]\d[A-Z][ ]?\d[A-Z]\d(?!\w)"
CODE_TOWN = (
    rf"{_PLAIN_CODE}[ ]{_PLACE_NAME}"
    r"(?:[ ]\d{1,2}(?!\d)|[ ][A-Z]{1,2}(?!\w))?(?:[ ]\([A-Z]{2}\))?"
)
TOWN_CODE = (
    rf"{_PLACE_NAME},?(?:[ ]-[ ][A-Z]{{2}},?)?[ ](?:[A-Z]{{2,3}}[ ])?"
    rf"(?:{UK}|{_CANADA}|\d{{5}}-\d{{3,4}}|\d{{4,6}}(?![\d.,]\d))"
)
STRICT_TOWN_CODE = (
    rf"{_PLACE_NAME},?[ ](?:[A-Z]{{2,3}}[ ]\d{{4,5}}(?:-\d{{4}})?(?!\d)|{UK}|{_CANADA})"
)
REGION = rf"(?:[A-Z]{{2,3}}|{_PLACE_NAME}(?:[ ]\d{{1,2}}(?!\d))?)"
