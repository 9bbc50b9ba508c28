"""Dates in scripts and word orders that the patterns do not know, written anew with English months."""

import re
import unicodedata

from services.enrich.dates.names import MONTHS_BY_LANGUAGE, fold

_ENGLISH = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()

# Arabic (Gulf and Egypt; Maghreb; Levant), Persian, Urdu, Hebrew, Hindi, Bengali, Marathi, Nepali, Gujarati, Tamil,
# Telugu, Thai, Georgian, Armenian, Kazakh. Several words of one month are joined by `_`.
_MONTHS = (
    "يناير جانفي كانون_الثاني ژانویه جنوری ינואר जनवरी जन॰ "
    "জানুয়ারী জানুয়ারি जानेवारी જાન્યુઆરી ஜனவரி జనవరి มกราคม ม.ค. "
    "იანვარი იან հունվար հունվարի қаңтар",
    "فبراير فيفري شباط فوریه فروری פברואר फ़रवरी "
    "फरवरी फ़र॰ ফেব্রুয়ারী ফেব্রুয়ারি फेब्रुवारी फेब्रुअरी ફેબ્રુઆરી பிப்ரவரி "
    "ఫిబ్రవరి กุมภาพันธ์ ก.พ. თებერვალი თებ փետրվար փետրվարի ақпан",
    "مارس آذار مارچ מרץ मार्च মার্চ માર્ચ மார்ச் మార్చి มีนาคม มี.ค. მარტი მარ մարտ մարտի наурыз",
    "أبريل ابريل إبريل أفريل نيسان آوریل اپریل אפריל अप्रैल "
    "अप्रिल এপ্রিল एप्रिल એપ્રિલ ஏப்ரல் ఏప్రిల్ เมษายน เม.ย. აპრილი აპრ "
    "ապրիլ ապրիլի сәуір",
    "مايو ماي أيار مه مئی מאי मई মে मे મે மே మే พฤษภาคม พ.ค. მაისი მაი մայիս մայիսի мамыр",
    "يونيو يونيه جوان حزيران ژوئن جون יוני जून जुन জুন જૂન ஜூன் జూన్ มิถุนายน มิ.ย. ივნისი ივნ հունիս հունիսի маусым",
    "يوليو يوليه جويلية يوليوز تموز ژوئیه جولائی יולי जुलाई जुलै "
    "জুলাই જુલાઈ ஜூலை జులై జూలై กรกฎาคม ก.ค. ივლისი ივლ հուլիս "
    "հուլիսի шілде",
    "أغسطس اغسطس أوت غشت آب اوت اگست אוגוסט अगस्त अगस्ट "
    "আগস্ট ऑगस्ट ઑગસ્ટ ஆகஸ்ட் ఆగస్టు สิงหาคม ส.ค. აგვისტო აგვ օգոստոս "
    "օգոստոսի тамыз",
    "سبتمبر شتنبر أيلول سپتامبر ستمبر ספטמבר सितंबर "
    "सितम्बर सेप्टेम्बर সেপ্টেম্বর सप्टेंबर સપ્ટેમ્બર செப்டம்பர் సెప్టెంబర్ กันยายน "
    "ก.ย. სექტემბერი სექ սեպտեմբեր սեպտեմբերի қыркүйек",
    "أكتوبر اكتوبر تشرين_الأول اکتبر اکتوبر אוקטובר अक्टूबर अक्तूबर "
    "अक्टोबर অক্টোবর ऑक्टोबर ઑક્ટોબર அக்டோபர் అక్టోబర్ ตุลาคม ต.ค. "
    "ოქტომბერი ოქტ հոկտեմբեր հոկտեմբերի қазан",
    "نوفمبر نونبر تشرين_الثاني نوامبر نومبر נובמבר नवंबर "
    "नवम्बर नोभेम्बर নভেম্বর नोव्हेंबर નવેમ્બર நவம்பர் నవంబర్ พฤศจิกายน "
    "พ.ย. ნოემბერი ნოე նոյեմբեր նոյեմբերի қараша",
    "ديسمبر دجنبر كانون_الأول دسامبر دسمبر דצמבר दिसंबर दिसम्बर "
    "डिसेम्बर ডিসেম্বর डिसेंबर ડિસેમ્બર டிசம்பர் డిసెంబర్ ธันวาคม ธ.ค. "
    "დეკემბერი დეკ դեկտեմբեր դեկտեմբերի желтоқсан",
)

# Weekdays, and the words around a date: "on the", "at", "year", "o'clock".
_DROPPED = (
    "الأحد الاثنين الإثنين الثلاثاء الأربعاء الخميس الجمعة السبت "
    "الساعة یکشنبه دوشنبه سه‌شنبه چهارشنبه پنجشنبه جمعه شنبه ساعت "
    "اتوار پیر منگل بدھ جمعرات جمعہ ہفتہ יום ראשון שני "
    "שלישי רביעי חמישי שישי שבת בשעה रविवार सोमवार मंगलवार बुधवार गुरुवार "
    "शुक्रवार शनिवार রবিবার সোমবার মঙ্গলবার বুধবার বৃহস্পতিবার শুক্রবার "
    "শনিবার ஞாயிறு திங்கள் செவ்வாய் புதன் வியாழன் வெள்ளி சனி วันอาทิตย์ "
    "วันจันทร์ วันอังคาร วันพุธ วันพฤหัสบดี วันศุกร์ วันเสาร์ วันที่ ที่ "
    "เวลา พ.ศ. น. კვირა ორშაბათი სამშაბათი ოთხშაბათი ხუთშაბათი პარასკევი "
    "შაბათი կիրակի երկուշաբթի երեքշաբթի չորեքշաբթի հինգշաբթի ուրբաթ "
    "շաբաթ Chủ_Nhật Thứ_Hai Thứ_Ba Thứ_Tư Thứ_Năm Thứ_Sáu "
    "Thứ_Bảy ngày lúc năm г. года р. року ж. жыл"
)
_THAI = re.compile("[\u0e01-\u0e4e]")
_BUDDHIST = re.compile(r"\b2[45]\d\d\b")
_VIETNAMESE = re.compile(r"\b(?:tháng|thg)\s*(\d{1,2})\b,?", re.I)
_BALTIC = re.compile(r"(\d{4})\s*(?:m|gada|\.\s*gada)\.?\s+(?:(\d{1,2})\.\s+)?(\w+)(?:\s+(\d{1,2})\s*d\.)?(.*)", re.S)
_HALVES = ((re.compile(r"(\d\d?:\d\d(?::\d\d)?)\s*(?:ص|صباحا|صباحًا)(?!\w)"), r"\1 AM"),
           (re.compile(r"(\d\d?:\d\d(?::\d\d)?)\s*(?:م|مساء|مساءً)(?!\w)"), r"\1 PM"))  # fmt: skip
_ARABIC_COMMA = str.maketrans("،؛", ",;")


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text)


def _pattern(names: str) -> str:
    return r"[\s-]".join(re.escape(part) for part in _plain(names).split("_"))


_NUMBERS = {
    _plain(name).replace("_", " ").casefold(): number for number, names in enumerate(_MONTHS) for name in names.split()
}
_ALL = sorted({name for names in (*_MONTHS, _DROPPED) for name in names.split()}, key=len, reverse=True)
_NAME = re.compile(r"(?<![^\W\d_])[בو]?(" + "|".join(map(_pattern, _ALL)) + r")(?![^\W\d_])[،,]?", re.I)
_WORD = re.compile(r"[^\W\d_]+")


def in_english(text: str) -> str | None:
    """`12 มีนาคม 2569 10:14` as `12 Mar 2026 10:14`; None "
    "where nothing is to be changed, or a year is unclear."""
    plain = _plain(text).translate(_ARABIC_COMMA)
    if _THAI.search(plain):
        if not re.search(r"\d{4}", plain):  # two digits are of the Buddhist era or not: who knows
            return None
        plain = _BUDDHIST.sub(lambda year: str(int(year[0]) - 543), plain)
    if found := _BALTIC.fullmatch(plain):
        year, before, month, after, rest = found.groups()
        plain = f"{before or after or ''} {month} {year}{rest}"
    plain = _VIETNAMESE.sub(_numbered, plain)
    for half, letters in _HALVES:
        plain = half.sub(letters, plain)
    plain = _NAME.sub(_named, plain)
    plain = " ".join("".join(_digit(char) for char in plain).split()).strip(" ,-")
    return plain if plain != text else None


def with_months_of(text: str, language: str | None) -> str | None:
    """With the months that mean something else in "
    "another language in English; None where there are none."""
    if language is None:
        return None
    months = MONTHS_BY_LANGUAGE.get({"bs": "hr", "sk": "cs"}.get(language, language), {})
    changed = _WORD.sub(lambda word: _ENGLISH[months[name] - 1] if (name := fold(word[0])) in months else word[0], text)
    return changed if changed != text else None


def _numbered(found: re.Match[str]) -> str:
    month = int(found[1])
    return f"{_ENGLISH[month - 1]} " if 1 <= month <= 12 else found[0]


def _named(found: re.Match[str]) -> str:
    number = _NUMBERS.get(found[1].replace("-", " ").casefold())
    return f" {_ENGLISH[number]} " if number is not None else " "


def _digit(char: str) -> str:
    return str(unicodedata.digit(char)) if char.isdecimal() and not char.isascii() else char
