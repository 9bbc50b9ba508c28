"""Dates that count back from when they were read: `2 hours ago`, `vor 2 Stunden`, `il y a 3 heures`, `昨天`.

They are counted from when the article was seen, never from now: read again, they say the same.
"""

import re
import unicodedata
from datetime import datetime, timedelta
from typing import Literal

from services.enrich.dates.names import fold
from services.enrich.dates.parsed import ParsedDate

_MINUTE, _HOUR, _DAY, _WEEK = 60, 3600, 86400, 604800

# The words for each unit after a number, folded as `fold` does, in the cases and numbers that follow "ago".
_UNITS = {
    1: "s sec secs second seconds sekunde sekunden sek "
    "seconde secondes secondo secondi segundo segundos seg seconden "
    "sekund sekunder sekunti sekuntia sekundy sekunde "
    "sekundi sekundu sekundo sekundami sekundou sekundoma sekundama "
    "секунд секунду секунды секунди секунда сек "
    "δευτερολεπτα δευτερολεπτο saniye sn masodperce masodperccel secunde "
    "secunda segon segons detik dtk saat sekundes sekundem giay ثانية "
    "ثوان ثانیه שניות सेकंड সেকেন্ড วินาที 秒 秒钟 秒鐘 초",
    _MINUTE: "min mins minute minutes minuten minuto minutos "
    "minuti minuut minut minuter minutter minutt minuutti "
    "minuuttia minuty minute minutu minutou minutami minuto "
    "minutama minuta минут минуту минуты минута минути мин "
    "хвилин хвилини хвилину хв λεπτα λεπτο λεπ dakika "
    "dk perce perccel de_minute minuts menit mnt minit minutes "
    "minutem minuciu phut دقيقة دقائق دقیقه דקות मिनट মিনিট นาที 分 分钟 分鐘 분",
    _HOUR: "h hr hrs hour hours stunde stunden std heure heures "
    "hora horas ora ore uur uren timme timmar tim time timer "
    "tunti tuntia godzine godziny godzin godz hodinou hodinami hodiny hodin uro "
    "urami urama uri sat sata sati сат сата сати час часа "
    "часов ч годину години годин год ώρα ώρες ωρα ωρες "
    "ora orával oraval oraja saat sa de_ore hores jam tunni stundas "
    "stundam valanda valandas valandu gio ساعة ساعات ساعت שעות घंटे "
    "घंटा ঘন্টা ঘণ্টা ชั่วโมง ชม 時間 小时 小時 个小时 시간",
    _DAY: "d day days tag tage tagen jour jours j dia "
    "dias giorno giorni dag dagen dagar dage dager dogn paiva paivaa "
    "dzien dni dnia dnem dny dnami dnom dnevi dnevom dnevoma dan "
    "dana день дня дней дні днів дн дана дни ден ημερα "
    "ημερες μερα μερες gun napja nappal zi zile de_zile dies hari "
    "paeva dienas dienam diena dienu ngay يوم أيام يوما روز ימים "
    "दिन দিন วัน 日 天 일",
    _WEEK: "w wk week weeks woche wochen semaine semaines "
    "semana semanas settimana settimane weken vecka veckor uge uger "
    "uke uker viikko viikkoa tydzien tygodnie tygodni tydnem "
    "tydny tyzdnom tyzdnami tjedan tjedna tjedana неделю недели "
    "недель недела тиждень тижні тижнів седмица седмици "
    "εβδομαδα εβδομαδες hafta hete hettel saptamana saptamani "
    "de_saptamani setmana setmanes minggu nadala nedelas nedelam savaite savaites "
    "savaiciu tuan أسبوع أسابيع هفته שבועות सप्ताह সপ্তাহ สัปดาห์ "
    "周 週 週間 星期 주",
}  # fmt: skip

# What makes the number an age: before it, or behind its unit.
_BEFORE = "vor|il y a|ha|hace|fa|for|pred|prije|pre|пре|преди|πριν απο|πριν|acum|pirms|pries|לפני|قبل|منذ|قبل حوالي"
_BEHIND = (
    "ago|fa|atras|geleden|sedan|sen|siden|sitten|temu|назад|тому|тому "
    "назад|once|ezelott|yang lalu|lalu|truoc|gelede|"
    "eest|پیش|पहले|আগে|পূর্বে|ที่ผ่านมา|ที่แล้ว|前|전|以前"
)
_ABOUT = "(?:(?:about|around|over|almost|ca|circa|etwa|rund|ungefahr|environ|cerca de|около|约|約|约) )?"

# A unit of one, written as a word with or without an article.
_ONE = {
    "a second ago": 1, "a minute ago": _MINUTE, "an hour ago": _HOUR, "a day ago": _DAY, "a week ago": _WEEK,
    "one minute ago": _MINUTE, "one hour ago": _HOUR, "one day ago": _DAY, "one week ago": _WEEK,
    "vor einer minute": _MINUTE, "vor einer stunde": _HOUR, "vor einem tag": _DAY, "vor einer woche": _WEEK,
    "il y a une minute": _MINUTE, "il y a une heure": _HOUR, "il y a un jour": _DAY, "il y a une semaine": _WEEK,
    "hace un minuto": _MINUTE, "hace una hora": _HOUR, "hace un dia": _DAY, "hace una semana": _WEEK,
    "un minuto fa": _MINUTE, "un'ora fa": _HOUR, "un’ora fa": _HOUR, "un giorno fa": _DAY, "una settimana fa": _WEEK,
    "ha um minuto": _MINUTE, "ha uma hora": _HOUR, "ha um dia": _DAY, "ha uma semana": _WEEK,
    "een minuut geleden": _MINUTE, "een uur geleden": _HOUR, "een dag geleden": _DAY, "een week geleden": _WEEK,
    "for en time siden": _HOUR, "for en time sedan": _HOUR, "for en timme sedan": _HOUR, "tunti sitten": _HOUR,
    "час назад": _HOUR, "минуту назад": _MINUTE, "день назад": _DAY, "неделю назад": _WEEK, "годину тому": _HOUR,
    "godzine temu": _HOUR, "minute temu": _MINUTE, "pred hodinou": _HOUR, "pred minutou": _MINUTE, "pred dnem": _DAY,
    "منذ ساعة": _HOUR, "قبل ساعة": _HOUR, "منذ ساعتين": 2 * _HOUR, "قبل ساعتين": 2 * _HOUR, "منذ دقيقة": _MINUTE,
    "منذ يوم": _DAY, "منذ يومين": 2 * _DAY, "قبل يومين": 2 * _DAY, "לפני שעה": _HOUR, "לפני שעתיים": 2 * _HOUR,
    "לפני דקה": _MINUTE, "לפני יומיים": 2 * _DAY, "just now": 0, "gerade eben": 0, "a l'instant": 0, "ahora mismo": 0,
    "только что": 0, "刚刚": 0, "剛剛": 0, "たった今": 0, "방금": 0, "방금 전": 0,
}  # fmt: skip
_DAYS = {
    0: "today heute aujourd'hui hoy oggi hoje vandaag idag "
    "i_dag tanaan dzis dzisiaj dnes danas danes днес сегодня "
    "сьогодні данас σημερα bugun ma astazi azi avui hari_ini "
    "hom_nay tana sodien siandien היום اليوم امروز आज আজ วันนี้ "
    "今天 今日 오늘",
    1: "yesterday gestern hier ayer ieri ontem gisteren igar "
    "i_gar eilen wczoraj vcera jucer juce вчера вчора јуче "
    "χθες χτες dun tegnap ahir kemarin semalam hom_qua eile vakar "
    "אתמול أمس ديروز دیروز कल গতকাল เมื่อวาน เมื่อวานนี้ 昨天 昨日 어제",
    2: "vorgestern avant-hier anteayer eergisteren forrgar "
    "toissapaivana przedwczoraj predevcirem prekjucer позавчера "
    "позавчора tegnapelott שלשום أول_أمس 前天 一昨日 그저께",
}  # fmt: skip
_HINDI_KAL = {"कल"}  # yesterday and tomorrow both


def _key(text: str) -> str:
    return " ".join(fold(unicodedata.normalize("NFKC", text)).split())


def _folded(alternatives: str) -> str:
    return "|".join(re.escape(_key(one)) for one in alternatives.split("|"))


_SECONDS = {_key(name.replace("_", " ")): unit for unit, names in _UNITS.items() for name in names.split()}
_WHOLE = {_key(phrase): seconds for phrase, seconds in _ONE.items()}
_WHOLE_DAYS = {
    _key(name.replace("_", " ")): days
    for days, names in _DAYS.items()
    for name in names.split()
    if name not in _HINDI_KAL
}
_UNIT = "|".join(re.escape(name) for name in sorted(_SECONDS, key=len, reverse=True))
_AGE = rf"(\d{{1,3}}) ?({_UNIT})\.?"
_PREFIXED = re.compile(rf"(?:{_folded(_BEFORE)}) {_ABOUT}{_AGE}")
_SUFFIXED = re.compile(rf"{_ABOUT}(?:(?:for|om) )?{_AGE} ?(?:{_folded(_BEHIND)})")
_ENGLISH_M = re.compile(r"(\d+) ?m ago")  # elsewhere it is a month
_LONGEST = 60


def read_relative(text: str, seen: datetime) -> ParsedDate | None:
    """The moment that was so long before `seen` (UTC). None: the text counts nothing back, or in months and years.

    Hours and minutes are as exact as they are named, which the note says; days and weeks are days.
    """
    if len(text) > _LONGEST:
        return None
    key = _ENGLISH_M.sub(r"\1 min ago", _key(text).strip(" .!"))
    if (days := _WHOLE_DAYS.get(key)) is not None:
        return _day(seen - timedelta(days=days))
    seconds = _WHOLE.get(key)
    unit = seconds or 1
    if seconds is None:
        found = _PREFIXED.fullmatch(key) or _SUFFIXED.fullmatch(key)
        if not found:
            return None
        unit = _SECONDS[found[2]]
        seconds = int(found[1]) * unit
    at = seen - timedelta(seconds=seconds)
    if unit >= _DAY:
        return _day(at)
    named = "hour" if unit >= _HOUR else "minute" if unit >= _MINUTE else "second"
    precision: Literal["second", "minute"] = "second" if unit == 1 else "minute"
    return ParsedDate(
        at, precision, "explicit", f"counted back from when it was seen, exact to the {named}", counted=True
    )


def _day(at: datetime) -> ParsedDate:
    midnight = at.replace(hour=0, minute=0, second=0, microsecond=0)
    return ParsedDate(midnight, "day", "assumed", "counted back in days from when it was seen", counted=True)
