"""Documents without chrome come through whole, in any language and genre, long or short."""

from __future__ import annotations

import pytest

from pipeline.ingest.compiled import CompiledPage
from pipeline.ingest.pages import Page, ReferencePage

RELEASES = {
    "English": """Foreign Minister addresses conference on outer space
Vienna, 3 June 2024
The Foreign Minister today called on all states to refrain from tests that leave debris in orbit.
“Space is shared, and so is the risk,” she said.
She announced a contribution of two million euros to the fund for satellite safety, to be paid over three years.""",
    "French": """Déclaration conjointe sur la cybersécurité
Paris, le 12 mars 2024
Les ministres ont adopté une feuille de route commune pour protéger les hôpitaux contre les rançongiciels.
Ils se réuniront de nouveau à l’automne.
« Aucun pays ne peut agir seul », a rappelé la présidente de séance à l’issue de la réunion.""",
    "Spanish": """El Gobierno presenta su estrategia de inteligencia artificial
Madrid, 7 de mayo de 2024
La estrategia prevé un registro público de los sistemas que emplean las administraciones.
El plazo de consulta termina el 30 de junio.""",
    "German": """Bundesregierung beschließt Strategie zum Schutz kritischer Infrastruktur
Berlin, 4. April 2024
Das Kabinett hat am Donnerstag eine Strategie beschlossen, die Betreiber von Stromnetzen zu Meldungen verpflichtet.
Die Länder stimmten zu.
Über die Kosten wird im Herbst verhandelt, wie ein Sprecher nach der Sitzung mitteilte.""",
    "Portuguese": """Ministros discutem cooperação contra o tráfico de armas
Lisboa, 9 de setembro de 2024
Os dois ministros assinaram um acordo que permite a troca de informações entre as polícias.
O acordo entra em vigor em janeiro.""",
    "Polish": """Spotkanie ministrów w sprawie dezinformacji
Warszawa, 15 października 2024 r.
Ministrowie uzgodnili wspólne ćwiczenia, które mają sprawdzić gotowość urzędów na fałszywe wiadomości.
Kolejne spotkanie odbędzie się wiosną.""",
    "Turkish": """Bakan, biyogüvenlik toplantısına katıldı
Ankara, 2 Şubat 2024
Bakan, laboratuvarların denetimi için ortak kurallar hazırlanacağını ve uzmanların her yıl buluşacağını söyledi.
Toplantı iki gün sürdü.""",
    "Russian": """Заявление о переговорах по контролю над вооружениями
Женева, 11 июня 2024 года
Делегации обменялись мнениями о проверке обязательств и договорились продолжить работу в экспертных группах.
«Диалог необходим», — отметил представитель делегации.
Следующая встреча намечена на сентябрь.""",
    "Ukrainian": """Уряд посилює захист енергомереж
Київ, 20 листопада 2024 року
Уряд ухвалив постанову, яка зобов’язує операторів повідомляти про кібератаки протягом доби.
Постанова набирає чинності у січні.""",
    "Greek": """Συνάντηση για την ασφάλεια της ναυσιπλοΐας
Αθήνα, 5 Μαΐου 2024
Οι υπουργοί συμφώνησαν να ανταλλάσσουν στοιχεία για ύποπτα πλοία και να οργανώσουν κοινές ασκήσεις.
Η συμφωνία ισχύει από σήμερα.""",
    "Arabic": """بيان بشأن حماية المدنيين
القاهرة، 8 يوليو 2024
دعا الوزير جميع الأطراف إلى احترام القانون الدولي الإنساني وإلى السماح بوصول المساعدات إلى المدنيين.
وأكد أن المحادثات ستستمر.
ومن المقرر أن يعقد الاجتماع المقبل في الخريف.""",
    "Hebrew": """השר נפגש עם ראש הסוכנות
ירושלים, 14 באוגוסט 2024
השר הציג את התוכנית הלאומית להגנה על תשתיות ואמר כי הממשלה תקצה תקציב נוסף לבתי החולים.
הפגישה נמשכה שעה.""",
    "Hindi": """अंतरिक्ष सहयोग पर संयुक्त वक्तव्य
नई दिल्ली, 6 मार्च 2024
दोनों देशों ने उपग्रहों की सुरक्षा पर सहयोग बढ़ाने और हर वर्ष विशेषज्ञों की बैठक करने का निर्णय लिया।
अगली बैठक टोक्यो में होगी।""",
    "Korean": """외교부, 우주안보 협의회 개최
2024년 5월 21일
외교부는 21일 서울에서 제3차 우주안보 협의회를 개최하고 위성 보호를 위한 국제규범을 논의하였다.
양측은 내년 회의를 워싱턴에서 열기로 하였다.""",
    "Japanese": """サイバーセキュリティに関する日豪協議の開催
令和6年2月9日
両国の代表は、重要インフラを守るための情報共有を強化し、来年も協議を続けることで一致しました。
次回の協議は東京で行われます。""",
    "Chinese": """外交部发言人就外空军控答记者问
2024年3月18日
发言人表示，中方一贯主张和平利用外空，愿同各方就防止外空军备竞赛开展对话。
有关会议将于下月举行。""",
    "Thai": """รัฐมนตรีหารือความร่วมมือด้านไซเบอร์
กรุงเทพฯ 4 กันยายน 2567
รัฐมนตรีทั้งสองฝ่ายเห็นพ้องที่จะแลกเปลี่ยนข้อมูลเกี่ยวกับภัยคุกคามและจัดการฝึกร่วมกันทุกปี""",
    "Indonesian": """Menteri membahas keamanan siber kawasan
Jakarta, 17 Juli 2024
Para menteri sepakat membentuk pusat pelatihan bersama dan berbagi informasi tentang serangan terhadap rumah sakit.
Pusat itu akan dibuka tahun depan.""",
}
SHORT = {
    "title": "Joint statement on quantum research",
    "cell": "Minister visits port; no agreement signed",
    "Korean cell": "한미 사이버 정책 협의회 개최 결과",
    "Chinese cell": "中方对此表示欢迎。",
    "Russian cell": "О встрече министров иностранных дел",
    "Arabic cell": "وزير الخارجية يستقبل السفير الجديد",
    "question and answer": "Q: Will the talks go on?\nA: Yes, they will.\nQ: When?\nA: In the spring.",
    "resolution": "The Council,\nRecalling its earlier resolutions,\nDecides to remain seized of the matter.",
    "numbered": "1. The parties shall meet every year.\n2. They shall share reports.\n3. They name a contact.",
    "letter": "Dear colleague,\nPlease find below the text of the statement.\nYours sincerely,\nThe Secretariat",
    "signatures": "Done at Geneva on 4 May 2024.\nFor the Government of Norway\nFor the Government of Chile",
}


@pytest.mark.parametrize("read", [ReferencePage, CompiledPage])
@pytest.mark.parametrize("text", [*RELEASES.values(), *SHORT.values()], ids=[*RELEASES, *SHORT])
def test_comes_through_whole(text: str, read: type[Page]) -> None:
    page = read(text)
    rows = range(len(page.lines))
    assert page.lines.text == text.split("\n")
    assert page.settle(rows) == list(rows)
