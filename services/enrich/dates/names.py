"""Names of months and weekdays, folded (case and accents gone), in the languages whose feeds spell them out.

A spelling that means different months in different languages is only in `MONTHS_BY_LANGUAGE`.
"""

import unicodedata

_MONTHS = (
    "jan january januar januari janvier janv enero ene "
    "gennaio gen janeiro styczen stycznia sty leden ledna "
    "ianuarie ian ocak oca январь января янв січень "
    "січня січ ιανουαριος ιανουαριου ιαν tammikuu tammikuuta gener "
    "sausio",
    "feb february febr februar februari fevrier fev fevr "
    "febrero febbraio fevereiro luty lutego lut unor unora "
    "februarie subat sub февраль февраля фев февр "
    "лютий лютого лют φεβρουαριος φεβρουαριου φεβ φεβρ helmikuu "
    "helmikuuta februarja",
    "mar march marz maerz maart mrt mars marzo marco "
    "marzec marca brezen brezna martie marcius marc mart март "
    "марта мар березень березня бер μαρτιος μαρτιου μαρ μαρτ maaliskuu maaliskuuta maret",
    "apr april avril avr abril abr aprile kwiecien "
    "kwietnia kwi duben dubna aprilie aprilis nisan nis апрель "
    "апреля апр квітень квітня кві квіт απριλιος απριλιου απρ huhtikuu huhtikuuta",
    "may mai mei mayo maggio mag maio maj maja kveten "
    "kvetna majus mayis май мая травень травня тра трав μαιος "
    "μαιου μαι toukokuu toukokuuta maig",
    "jun june juni juin junio giugno giu junho czerwiec "
    "czerwca cze cerven cervna iunie iun junius haziran haz "
    "июнь июня июн червень червня чер черв ιουνιος ιουνιου ιουν kesakuu kesakuuta juny",
    "jul july juli juillet juil julio luglio lug "
    "julho lipiec lipca cervenec cervence iulie iul julius temmuz "
    "tem июль июля июл липень липня лип ιουλιος ιουλιου ιουλ heinakuu heinakuuta juliol",
    "aug august augustus aout agosto ago sierpien sierpnia "
    "sie srpen srpna augusti augusztus agustos agu август "
    "августа авг серпень серпня сер серп αυγουστος αυγουστου αυγ elokuu elokuuta agustus agost",
    "sep sept september septembre septiembre settembre "
    "set setembro wrzesien wrzesnia wrz zari septembrie "
    "szeptember szept eylul eyl сентябрь сентября сен "
    "сент вересень вересня вер σεπτεμβριος σεπτεμβριου σεπ σεπτ "
    "syyskuu syyskuuta setembre",
    "oct october oktober okt octobre octubre ottobre "
    "ott outubro out pazdziernik pazdziernika paz rijen rijna "
    "octombrie oktobris ekim eki октябрь октября окт "
    "жовтень жовтня жов жовт οκτωβριος οκτωβριου οκτ lokakuu "
    "lokakuuta",
    "nov november novembre noviembre novembro noiembrie noi kasim kas ноябрь ноября ноя "
    "нояб листопад листопада лис νοεμβριος νοεμβριου νοε νοεμ marraskuu marraskuuta",
    "dec december dezember dez decembre diciembre dic "
    "dicembre dezembro grudzien grudnia gru prosinec prosince "
    "decembrie desember des aralik ara декабрь декабря "
    "дек грудень грудня гру груд δεκεμβριος δεκεμβριου δεκ "
    "joulukuu joulukuuta desembre",
)

# Basque, Welsh, Irish and the like are left to English: their feeds write English months.
_MORE_MONTHS = (
    "januara sijecanj sijecnja sij jaanuar jaan janvaris saus "
    "sausis januarie janar shk studzen januaro јануар јан "
    "јануари януари яну студзень студзеня yanvar yan xaneiro urtarrila ionawr",
    "februara veljaca veljace velj veebruar veebr februaris "
    "vas vasaris vasario fevral shkurt pebrero februaro "
    "фебруар феб фебруари февруари лютага febreiro otsaila chwefror",
    "marec ozujak ozujka ozu marts maalis kovas kovo martxoa март марта сакавік сакавіка mawrth martie mac machi marso",
    "travanj travnja aprill balandis balandzio prill april aprila красавік красавіка aprel ebrill apirila aprili",
    "svibanj svibnja maijs geguze geguzes maij мај maiatza",
    "lipanj lipnja juna juuni junijs birzelis birzelio јун юни јуни чэрвень чэрвеня iyun qershor mehefin xuno ekaina",
    "srpanj srpnja jula juuli julijs liepa liepos јул юли јули ліпень ліпеня iyul korrik gorffennaf julai xullo hulyo",
    "kolovoz kolovoza avgust avg augusta agust augusts rugpjutis "
    "rugpjucio gusht avqust жнівень жніўня awst ogos agosti",
    "rujan rujna septembar septembra septembris rugsejis "
    "rugsejo shtator sentyabr септембар септември верасень "
    "верасня сеп medi septemba setyembre",
    "oktobar oktobra oktoober spalis spalio tetor oktyabr октобар октомври кастрычнік кастрычніка hydref oktoba",
    "studeni studenoga novembar novembra novembris lapkritis "
    "lapkricio nentor noyabr новембар ноември лістапад "
    "лістапада tachwedd novemba nobyembre",
    "prosinca prosinac decembar decembra detsember dets "
    "decembris gruodis gruodzio dhjetor dekabr децембар декември "
    "дец снежань снежня rhagfyr desemba disember disyembre",
)

_WEEKDAYS = (
    "mon monday tue tues tuesday wed weds wednesday thu "
    "thur thurs thursday fri friday sat saturday sun sunday mo "
    "di mi do fr sa so die mit don "
    "fre sam son montag dienstag mittwoch donnerstag freitag samstag sonnabend "
    "sonntag lun mar mer jeu ven dim lundi mardi mercredi "
    "jeudi vendredi samedi dimanche mie mier jue vie sab dom "
    "lunes martes miercoles jueves viernes sabado domingo "
    "gio lunedi martedi mercoledi giovedi venerdi domenica "
    "sabato seg ter qua qui sex segunda "
    "terca quarta quinta sexta segunda-feira terca-feira quarta-feira quinta- "
    "feira sexta-feira ma wo vr za zo maandag dinsdag "
    "woensdag donderdag vrijdag zaterdag zondag man tir tis ons "
    "tor tors lor sondag mandag tirsdag tisdag onsdag torsdag "
    "fredag lordag lørdag sønn søndag pon wt sr czw pt "
    "sob niedz poniedzialek wtorek sroda czwartek piatek sobota "
    "niedziela пн вт ср чт пт сб вс понедельник "
    "вторник среда четверг пятница суббота воскресенье нд "
    "понеділок вівторок середа четвер пятниця субота неділя "
    "δευ τρι τετ πεμ παρ σαβ κυρ δευτερα τριτη τεταρτη "
    "πεμπτη παρασκευη σαββατο κυριακη pzt sal car per cum cmt "
    "paz pazartesi sali carsamba persembe cuma cumartesi "
    "pazar ned ponedeljak ponedjeljak utorak srijeda sreda "
    "cetvrtak petak subota nedjelja nedelja pondelok utorok "
    "streda stvrtok piatok nedela pondeli utery streda ctvrtek "
    "patek nedele ponedeljek torek cetrtek vasarnap hetfo kedd "
    "szerda csutortok pentek szombat luni marti miercuri joi "
    "vineri duminica dilluns dimarts dimecres dijous "
    "divendres dissabte diumenge maanantai tiistai keskiviikko torstai "
    "perjantai lauantai sunnuntai maanantaina tiistaina "
    "keskiviikkona torstaina perjantaina lauantaina sunnuntaina ke "
    "pe la su puhapaev esmaspaev teisipaev kolmapaev "
    "neljapaev reede laupaev svetdiena pirmdiena otrdiena tresdiena "
    "ceturtdiena piektdiena sestdiena sekmadienis "
    "pirmadienis antradienis treciadienis ketvirtadienis penktadienis "
    "sestadienis senin selasa rabu kamis jumat sabtu "
    "minggu isnin khamis jumaat ahad manudagur fimmtudagur "
    "laugardagur sunnudagur недеља понедељак уторак среда "
    "четвртак петак недела понеделник вторник сряда четвъртък "
    "петък събота неделя нядзеля панядзелак аўторак чацвер пятніца "
    "субота пʼятниця пнд срд чтв птн суб вск"
)

_ENGLISH = {name: number for number, name in enumerate(("mon", "tue", "wed", "thu", "fri", "sat", "sun"))}


def fold(word: str) -> str:
    """The word without case and accents; Turkish dotless i becomes i."""
    if word.isascii():
        return word.lower()
    plain = unicodedata.normalize("NFKD", word.casefold())
    return "".join(char for char in plain if not unicodedata.combining(char)).replace("ı", "i")


MONTHS = {
    fold(name): number
    for table in (_MONTHS, _MORE_MONTHS)
    for number, names in enumerate(table, start=1)
    for name in names.split()
}
MONTHS_BY_LANGUAGE = {
    "pl": {"listopad": 11, "listopada": 11, "lis": 11, "lip": 7},
    "cs": {"listopad": 11, "listopadu": 11, "lis": 11, "srp": 8},
    "hr": {"listopad": 10, "listopada": 10, "lis": 10, "lip": 6, "srp": 7, "tra": 4},
}
"""What these names mean depends on who writes them: "
"a Croatian `listopad` is October, a Polish one November."""

WEEKDAYS = frozenset(fold(name) for name in _WEEKDAYS.split())


def month_number(word: str) -> int | None:
    """1 to 12 for the name of a month, however it is written."""
    return MONTHS.get(word.lower()) or MONTHS.get(fold(word))


def weekday_number(word: str) -> int | None:
    """0 (Monday) to 6 for an English weekday, "
    "long or short; other languages share too many abbreviations."""
    folded = word.lower()
    return _ENGLISH.get(folded[:3]) if folded in WEEKDAYS else None
