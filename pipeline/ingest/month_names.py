"""Month names as they stand in dates, in lower case, in the languages of the UN, of Europe and of their neighbours."""

from __future__ import annotations

from unicodedata import normalize

_NAMES = """
en january february march april may june july august september october november december
en jan feb mar apr - jun jul aug sep oct nov dec
en - - - - - - - - sept - - -
fr janvier février mars avril mai juin juillet août septembre octobre novembre décembre
fr janv févr - avr - - juil - - - - déc
es enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre
es - - - - - - - - setiembre - - -
es ene - - abr - - - - - - - dic
pt janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro
pt - fev - - - - - - - - - dez
it gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre
it - - - - - giu lug - - ott - -
de januar februar märz april mai juni juli august september oktober november dezember
de jänner febr mrz - - - - - - okt - dez
nl januari februari maart april mei juni juli augustus september oktober november december
nl - - mrt - - - - - - - - -
sv januari februari mars april maj juni juli augusti september oktober november december
da januar februar marts april maj juni juli august september oktober november december
no - - - - - - - - - - - desember
pl stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada grudnia
cs ledna února března dubna května června července srpna září října listopadu prosince
ru января февраля марта апреля мая июня июля августа сентября октября ноября декабря
ru январь февраль март апрель май июнь июль август сентябрь октябрь ноябрь декабрь
uk січня лютого березня квітня травня червня липня серпня вересня жовтня листопада грудня
el ιανουαρίου φεβρουαρίου μαρτίου απριλίου μαΐου ιουνίου ιουλίου αυγούστου σεπτεμβρίου οκτωβρίου νοεμβρίου δεκεμβρίου
tr ocak şubat mart nisan mayıs haziran temmuz ağustos eylül ekim kasım aralık
ar يناير فبراير مارس أبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر
ar - - - ابريل - يونية يولية اغسطس - اكتوبر - -
ar جانفي فيفري - أفريل ماي جوان جويلية أوت - - - -
he ינואר פברואר מרץ אפריל מאי יוני יולי אוגוסט ספטמבר אוקטובר נובמבר דצמבר
ro ianuarie februarie martie aprilie mai iunie iulie august septembrie octombrie noiembrie decembrie
hu január február március április május június július augusztus szeptember október november december
fi tammikuuta helmikuuta maaliskuuta huhtikuuta toukokuuta kesäkuuta - - - - - -
fi - - - - - - heinäkuuta elokuuta syyskuuta lokakuuta marraskuuta joulukuuta
bg януари февруари март април май юни юли август септември октомври ноември декември
sr јануара фебруара марта априла маја јуна јула августа септембра октобра новембра децембра
hr siječnja veljače ožujka travnja svibnja lipnja srpnja kolovoza rujna listopada studenoga prosinca
sk januára februára marca apríla mája júna júla augusta septembra októbra novembra decembra
hi जनवरी फ़रवरी मार्च अप्रैल मई जून जुलाई अगस्त सितंबर अक्टूबर नवंबर दिसंबर
hi - फरवरी - - - - - - सितम्बर अक्तूबर नवम्बर दिसम्बर
bn জানুয়ারি ফেব্রুয়ারি মার্চ এপ্রিল মে জুন জুলাই আগস্ট সেপ্টেম্বর অক্টোবর নভেম্বর ডিসেম্বর
ur جنوری فروری مارچ اپریل مئی جون جولائی اگست ستمبر اکتوبر نومبر دسمبر
th มกราคม กุมภาพันธ์ มีนาคม เมษายน พฤษภาคม มิถุนายน กรกฎาคม สิงหาคม กันยายน ตุลาคม พฤศจิกายน ธันวาคม
id januari februari maret april mei juni juli agustus september oktober november desember
"""
# The Levantine Arabic names have a space in some of them, hence apart.
_LEVANTINE = (
    "كانون الثاني", "شباط", "آذار", "نيسان", "أيار", "حزيران", "تموز", "آب", "أيلول", "تشرين الأول", "تشرين الثاني",
    "كانون الأول",
)  # fmt: skip

MONTHS: dict[str, int] = {name: month for month, name in enumerate(_LEVANTINE, 1)}
"""Month number (1-12) of each name."""
for _row in _NAMES.strip().split("\n"):
    MONTHS.update((normalize("NFC", name), month) for month, name in enumerate(_row.split()[1:], 1) if name != "-")
