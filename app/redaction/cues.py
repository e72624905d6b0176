"""What announces a person: titles, greetings, farewells, words for relations, and labels.

Each pattern has a group `name` where the name begins; how far it goes is not for them to say.
"""

# ruff: noqa: RUF001  (letters of other languages are what this is about)

from __future__ import annotations

import re

UPPER = "".join(
    character
    for character in map(chr, (*range(0x41, 0x250), *range(0x1E00, 0x1F00)))
    if character.isupper()
)
PART = rf"[{UPPER}][\w'\u2019]{{0,40}}(?:-\w[\w'\u2019]{{0,40}}){{0,4}}"
JOINING = (
    r"(?:von der|von dem|von und zu|von|vom|zu|zur|van der|van den|van de|van het|van|de la|de las"
    r"|de los|de|du|del|della|degli|dei|di|da|dos|das|do|den|ter|ten|te|bin|binti|bint|ibn|abu|al"
    r"|el|ben|af|av|y|e|der|v\.|d[’'])"
)
INITIAL = rf"[{UPPER}]\."
_START = (
    rf"(?P<name>(?:{INITIAL}\s?){{0,3}}"
    rf"(?:(?:al|el|ter|van|von|de|der|den|bin|del|di|da|le|la)[ -]){{0,3}}[{UPPER}])"
)

_TITLES = (
    r"Herrn?|Frau|Hrn?\.|Fr\.|Frl\.|Familie|Dr\.?(?:\s(?:med|phil|jur"
    r"|rer\. ?nat)\.(?:\s?dent\.)?)?|Prof\.?|Professor(?:in)?|Mr\.?|Mrs\.?|Ms\.?|Mx\.?|Mdm\.?|Miss"
    r"|Mister|Master|Sir|Dame|Lady|Lord|Madam|Judge|Justice|Nurse|Sister|Brother|Father|Rev\.?"
    r"|Reverend|Pastor|Rabbi|Imam|Sheikh|Officer|Sgt\.?|Capt\.?|Captain|Sergeant|Lieutenant"
    r"|Colonel|Inspector|Constable|Detective|Pfarrer(?:in)?|Schwester|Bruder|Pfleger"
    r"|Richter(?:in)?|Rechtsanw(?:alt|ältin)|RA(?:in)?|Dipl\.-(?:Ing|Kfm)\.|Ing\.|Mag\.|Onkel"
    r"|Tante|Opa|Oma|Cousine?|Uncle|Aunt(?:ie)?|Grand(?:ma|pa)|M\.(?=\s\w{2})|Mme|Mlle|MM\."
    r"|Me(?=\s)|Monsieur|Madame|Mademoiselle|Maître|Docteur|Sr\.|Sra\.|Srta\.|Señora?|Señorita|Don"
    r"|Doña|Dña\.|D\.ª|Dra\.|Sig\.(?:ra|na)?|Signora?|Dott\."
    r"(?:ssa)?|Avv\.|Geom\.|Arch\.|Prof\.ssa|Senhora?|Exma?\.|D\.(?=\s\w{3})|Dona|Mevrouw|Mevr\."
    r"|Mw\.|Meneer|Dhr\.|De heer|Pani?|Panie|Panu|Pana|Herr|Fru|Frøken|Fröken|Hr|Paní|Pán|Pana"
    r"|Domnul(?:ui)?|Doamn[aei]i?|Bay|Bayan|Sayın|[Ss]r|Rouva|Herra"
)
_SMALL_TITLES = (
    r"mevrouw|meneer|de heer|heer|dhr\.|mw\.|pani|pan|pana|panu|panem|panie|paní|pana|pán|pánem"
    r"|domnul(?:ui|e)?|doamn(?:a|ei|ă)|señora?|doctora?|docteur|monsieur|madame|signora?"
    r"|dottor(?:essa)?|senhora?|dona|herr|fru|rouva|herra|judge|nurse|professor|detective|trainer"
    r"|coach|onkel|tante|uncle|aunt(?:ie)?|maître"
)
AFTER_TITLE = re.compile(
    rf"(?<![\w.@])(?:(?:{_TITLES}|{_SMALL_TITLES})\s+)+(?:{_TITLES}\s+)*{_START}"
)

_RELATIONS_EN = (
    r"colleagues?|co-?worker|boss|assistant|friends?|flatmate|room-?mate|neighbou?rs?|wife|husband"
    r"|spouse|partner|girlfriend|boyfriend|fianc[eé]e?|ex|mother|father|mum|mom|dad|parents?"
    r"|sister|brother|daughters?|sons?|kids?|child(?:ren)?|baby|twins?|aunt|uncle|cousins?|nephew"
    r"|niece|grand(?:mother|father|ma|pa|son|daughter)|step(?:mother|father|son|daughter)|in-law"
    r"|godmother|godfather|landlord|landlady|tenant|client|patient|customer|buyer|seller|teacher"
    r"|tutor|nanny|sitter|therapist|doctor|lawyer|solicitor|agent|witness|defendant|claimant"
    r"|plaintiff|accused|victim|suspect|driver|plumber|manager|supervisor|director|secretary"
    r"|intern|student|pupil|trainee|applicant|candidate|employee|beneficiary|executor|guardian"
    r"|deputy|successor|predecessor|carer|nurse|midwife|technician|engineer"
)
_RELATIONS_DE = (
    r"Kolleg(?:e|en|in|innen)|Chef(?:in)?|Freund(?:in|e)?|Nachbar(?:n|in)?|Mann|Ehemann|Ehefrau"
    r"|Gatt(?:e|in)|Partner(?:in)?|Mutter|Vater|Mama|Papa|Schwester|Bruder|Geschwister|Tochter"
    r"|Töchter|Sohn|Söhne|Cousine?|Neffen?|Nichte|Enkel(?:in)?|Oma|Opa|Großmutter|Großvater"
    r"|Schwager|Schwägerin|Schwieger\w+|Vermieter(?:in)?|Mieter(?:in)?|Hausverwalter(?:in)?"
    r"|Hausmeister(?:in)?|Mandant(?:in)?|Klient(?:in)?|Patient(?:in)?|Pat\.|Kund(?:e|in)"
    r"|Käufer(?:in)?|Verkäufer(?:in)?|Lehrer(?:in)?|Betreuer(?:in)?|Hausarzt|Hausärztin|Zeug(?:e"
    r"|en|in)|Angeklagten?|Beschuldigten?|Kläger(?:in)?|Beklagten?|Opfer|Geschädigten?"
    r"|Mitarbeiter(?:in)?|Praktikant(?:in)?|Vorgesetzten?|Schüler(?:in)?|Student(?:in)?"
    r"|Trainer(?:in)?|Pfleger(?:in)?|Erzieher(?:in)?|Sachbearbeiter(?:in)?|Trauzeug(?:e|in)"
    r"|Erblasser(?:in)?|Antragsteller(?:in)?|Notar(?:in)?|Gutachter(?:in)?|Fahrer(?:in)?"
    r"|Halter(?:in)?"
)
_RELATIONS_OTHER = (
    r"(?:mon|ma|mes|son|sa|notre|votre)\s(?:fils|fille|frère|s[oœ]e?ur|mari|femme|épou(?:x|se)"
    r"|père|mère|voisine?|collègue|amie?|cousine?|patron(?:ne)?)|(?:mi|su|tu"
    r"|nuestr[oa])\s(?:hij[oa]|herman[oa]|marido|mujer|espos[oa]|padre|madre|vecin[oa]"
    r"|compañer[oa]|amig[oa]|prim[oa]|jef[ea]|abuel[oa])|(?:mi[oa]|su[oa]|tu[oa])\s(?:figli[oa]"
    r"|fratello|sorella|marito|moglie|padre|madre|vicin[oa]|collega|amic[oa]|cugin[oa])|(?:minha"
    r"|meu|sua|seu|a minha|o meu)\s(?:filh[oa]|irmão|irmã|marido|mulher|pai|mãe|vizinh[oa]|colega)"
    r"|(?:mijn|haar|zijn|onze)\s(?:man|vrouw|zoon|dochter|broer|zus|buurman|buurvrouw|collega"
    r"|vriend(?:in)?)"
)
RELATION = re.compile(
    rf"(?<!\w)(?:(?:(?:{_RELATIONS_EN})|(?:{_RELATIONS_DE}))(?:\s\(\"|,?\s[\"“„]?)"
    rf"|(?:{_RELATIONS_OTHER}),?\s){_START}"
)

_GREETINGS = (
    r"dear(?:est)?|hi|hey|hello|hiya|good (?:morning|afternoon|evening)|thanks,?|thank you,?"
    r"|cheers,?|welcome,?|liebe[rs]?|hallo|moin|servus|guten (?:tag|morgen|abend),?|werte[rs]?"
    r"|danke,?|ch(?:er|ère|ers)|bonjour|salut|coucou|merci,?|querid[oa]|estimad[oa]|hola"
    r"|buenos días,?|gracias,?|car[oa]|gentile|egregio|ciao|salve|grazie,?|olá|oi|carí?ssim[oa]"
    r"|prezad[oa]|obrigad[oa],?|beste|lieve|geachte|dag|hoi|bedankt,?|szanown[aey]|drog[ai]|cześć"
    r"|witaj|dziękuję,?|sayın|sevgili|merhaba|selam|hej|hejsan|kära?|kære|kjære|hei|tak,?|tack,?"
    r"|takk,?|rakas|hyvä|moi|kiitos,?|dobrý den,?|ahoj|vážen[áý]|milá|milý|stimat[eă]|dragă?|bună"
    r"|kedves|tisztelt|szia"
)
_LABELS = (
    r"(?:full |first |last |given |family |patient |customer |client |tenant |employee |user |sur"
    r"|vor|nach|kunden|patienten)?name(?:d)?|vor- und nachname|nom|prénom|nombre|apellidos?|nome"
    r"|cognome|naam|imię|nazwisko|ad soyad|namn|navn|patient(?:in)?|pat\.|client|mandant(?:in)?"
    r"|klient(?:in)?|kunde|kundin|customer|employee|mitarbeiter(?:in)?|signed(?: by)?|gezeichnet"
    r"|unterschrift|attn\.?|contact(?: person)?|kontakt|contacto|contatto|referente|contactpersoon"
    r"|ansprechpartner(?:in)?|author|autor(?:in)?|von|from|to|an|cc|bcc|à|de|para|da|van|aan"
    r"|manager|supervisor|vorgesetzte[r]?|landlord|landlady|tenant|vermieter(?:in)?|mieter(?:in)?"
    r"|hausmeister(?:in)?|witness|zeug(?:e|in)|driver|fahrer(?:in)?|owner|agent|therapist|doctor"
    r"|arzt|ärztin|nurse|teacher|lehrer(?:in)?|recipient|empfänger(?:in)?|sender|absender(?:in)?"
    r"|beneficiary|executor|guardian|next of kin|chair|chaired by|minutes(?: by)?|protokoll"
    r"|moderation|leitung|attendees|participants|present|absent|apologies|anwesende?"
    r"|teilnehmer(?:innen)?|entschuldigt|présents?|absents?|excusés?|asistentes|presenti|aanwezig"
    r"|obecni|team(?: \w+)?|guests?|gäste|members|speaker|referent(?:in)?|assignee|reporter"
    r"|reviewer|reviewed-by|signed-off-by|co-authored-by|committer|zu händen|z\. ?hd\."
)
_SELF = (
    r"my name is|my full name is|(?:his|her|their) (?:full )?name is|(?:i am|i['\u2019]m) called"
    r"|this is|(?:i|you) can call me|call me|named|mein name ist|ich heiße|heißt|namens|genannt|i,"
    r"|ich,|je m['\u2019]appelle|(?:je )?soussignée?|me llamo|mi nombre es|soy|mi chiamo"
    r"|meu nome é|sou|ik heet|mijn naam is|nazywam się|jag heter|jeg hedder|jeg heter|signed,?"
    r"|gez\.|c/o|z\. ?hd\.|zu händen(?: von)?|attn:?|reported by|reviewed by|written by"
    r"|maintained by|started by|dictated by|notiert von|erstellt von|verfasst von|submitted by"
    r"|approved by|co-?authored by|regards from"
)
CUES = re.compile(rf"(?i:(?<!\w)(?:{_SELF})\s+)(?:(?:{_TITLES})\s)*{_START}")
GREETING = re.compile(
    rf"(?i:(?:^|(?<=[\n.!?,;>\"“]))[ \t\"“¡]*(?:{_GREETINGS})[ ]+"
    rf"(?:(?:frau|herrn?|familie|mevrouw|heer|panie|pani|domnule|señora?|monsieur"
    rf"|madame)\s+)?){_START}|(?<=,\s)(?i:liebe[rs]?)\s(?P<second>[{UPPER}])"
)
LABEL = re.compile(
    rf"(?i:(?:^|(?<=[\n,;(.>\"*]))[ \t\"'*-]*(?:{_LABELS})[\"']?\s?:\s*[\"'<]?){_START}"
)
_FAREWELLS = (
    r"regards|wishes|sincerely|faithfully|truly|respectfully|cheers|thanks|best|love|xx?|xoxo"
    r"|grü(?:ß|ss)en?|gru(?:ß|ss)|hochachtungsvoll|lg|vg|mfg|cordialement"
    r"|salutations(?: distinguées)?|amicalement|bises|bisous|saludos?|atentamente|abrazos?"
    r"|cordialmente|saluti|distinti saluti|atenciosamente|abraços?|cumprimentos|groet(?:en|jes)?"
    r"|vriendelijke groet(?:en)?|poważaniem|pozdrawiam|pozdrowienia|saygılar(?:ımla)?"
    r"|sevgiler(?:le)?|hälsning(?:ar)?|mvh|hilsen|kh|vh|klem|terveisin|terveiset|pozdravem|stimă"
    r"|salutări|üdvözlettel|tisztelettel|kveðja|saludo"
)
_FAREWELL_LINES = r"yours|dein|deine|eure?r?|ihre?|your|ton|ta|tu|tuo|tua|din|je"
FAREWELL = re.compile(
    rf"(?i:(?<!\w)(?:{_FAREWELLS})[,!.]?(?:\s*\n\s*|[ ]+(?=[^\n]{{1,40}}(?:\n|$)))|(?:^"
    rf"|\n)[ \t]*(?:{_FAREWELL_LINES}),?\s*(?=[^\n]{{1,40}}(?:\n|$))){_START}"
)
LAST = re.compile(rf"(?:^|\n|[.!?][ ])[ \t]*(?:[-–—]\s?)?{_START}[^\n.!?:,;]*\s*$")
SPEAKER = re.compile(r"(?m)^[ \t]*(?P<name>[^\W\d_][\w'\u2019-]{1,20}):\s")
HONORIFIC = re.compile(
    rf"(?P<name>[{UPPER}][\w'\u2019-]{{0,30}}?)(?:-(?:san|sama|kun|chan|sensei|ssi|nim|ji)\b"
    r"|\s(?:Bey|Hanım|Hanim|Efendi|Abi|Abla|KC|QC|Esq\.?|MD|PhD|Jr\.?|Sr\.)(?!\w)|\s(?:family"
    r"|household|twins|siblings|residence)(?!\w))"
)
FIELD = re.compile(
    r"(?i:[\"'](?:first|last|given|family|full|middle|sur|user|patient|vor"
    r"|nach)?[ _-]?name[\"']\s*[:=]\s*[\"'])"
    rf"{_START}"
)
EMAIL_LOCAL = re.compile(r"(?<![\w.+-])([\w.+-]{2,64})@[\w-]")
