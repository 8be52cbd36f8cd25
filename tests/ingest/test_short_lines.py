"""Short lines that belong to a document stay, though menus and forms stand around it, in languages of all kinds."""

from __future__ import annotations

import pytest

from pipeline.ingest.compiled import CompiledPage
from pipeline.ingest.pages import Page, ReferencePage

MENUS = {
    "English": ("Home | News | Documents | Contact", "Search", "Log in"),
    "Korean": ("본문 바로가기", "전체 메뉴 열기", "로그인 회원가입"),
    "French": ("Accueil | Actualités | Contact", "Rechercher", "Se connecter"),
    "German": ("Startseite | Aktuelles | Kontakt", "Suche", "Anmelden"),
    "Spanish": ("Inicio | Noticias | Contacto", "Buscar", "Iniciar sesión"),
    "Arabic": ("الرئيسية | الأخبار | اتصل بنا", "بحث", "تسجيل الدخول"),
    "Russian": ("Главная | Новости | Контакты", "Поиск", "Войти"),
    "Chinese": ("首页 | 新闻 | 联系我们", "搜索", "登录"),
    "Japanese": ("ホーム | ニュース | お問い合わせ", "検索", "ログイン"),
}
FOOTERS = {
    "English": ("Share", "Privacy policy | Terms of use", "© 2024 Ministry. All rights reserved."),
    "Korean": ("공유하기", "개인정보처리방침 | 이용약관", "© 2024 부처. All rights reserved."),
    "French": ("Partager", "Mentions légales | Plan du site", "© 2024 Ministère. Tous droits réservés."),
    "German": ("Teilen", "Impressum | Datenschutz", "© 2024 Ministerium. Alle Rechte vorbehalten."),
    "Spanish": ("Compartir", "Aviso legal | Mapa del sitio", "© 2024 Ministerio. Todos los derechos reservados."),
    "Arabic": ("مشاركة", "سياسة الخصوصية | شروط الاستخدام", "© 2024 الوزارة. جميع الحقوق محفوظة."),
    "Russian": ("Поделиться", "Политика конфиденциальности | Карта сайта", "© 2024 Министерство. Все права защищены."),
    "Chinese": ("分享", "隐私政策 | 网站地图", "© 2024 部门 版权所有"),
    "Japanese": ("シェアする", "プライバシーポリシー | サイトマップ", "© 2024 省庁 All rights reserved."),
}
STATEMENTS = {
    "English": (
        "Joint statement on the safety of undersea cables",
        "Lisbon, 14 March 2024",
        "The ministers of six coastal states met in Lisbon and agreed on a plan to protect the cables on the seabed.",
        "They decided to:",
        "1. name a point of contact in each state;",
        "2. report damage within twelve hours;",
        "3. hold an exercise every autumn.",
        "“No state can guard the seabed alone”",
        "The chair thanked the operators, whose engineers had explained how a broken cable is found and mended at sea.",
        "• Next meeting: Oslo, spring 2025",
        "Repair ships will be paid for from a common fund, to which states give by the length of their coast.",
    ),
    "Korean": (
        "해저 케이블 안전에 관한 공동성명",
        "2024년 3월 14일, 리스본",
        "연안 6개국 장관은 리스본에서 회의를 열고 해저 케이블을 보호하기 위한 공동 계획에 합의하였다고 밝혔다.",
        "장관들은 다음 사항을 결정하였다:",
        "1. 국가별 연락 담당자 지정",
        "2. 12시간 이내 손상 보고",
        "3. 매년 가을 합동 훈련 실시",
        "“어느 나라도 혼자서 해저를 지킬 수 없다”",
        "의장은 끊어진 케이블을 바다에서 찾아 고치는 방법을 설명해 준 사업자와 기술자들에게 감사의 뜻을 표하였다.",
        "• 차기 회의: 2025년 봄, 오슬로",
        "수리선 비용은 각국이 해안선 길이에 따라 부담하는 공동 기금에서 지급하며, 기금은 6개국이 돌아가며 맡는다.",
    ),
    "French": (
        "Déclaration commune sur la sécurité des câbles sous-marins",
        "Lisbonne, le 14 mars 2024",
        "Les ministres de six États côtiers se sont réunis à Lisbonne et ont adopté un plan de protection des câbles.",
        "Ils ont décidé :",
        "1. de désigner un correspondant dans chaque État ;",
        "2. de signaler tout dommage dans les douze heures ;",
        "3. d’organiser un exercice chaque automne.",
        "« Aucun État ne peut garder seul les fonds marins »",
        "La présidente a remercié les opérateurs, qui avaient expliqué comment un câble rompu est réparé en mer.",
        "• Prochaine réunion : Oslo, printemps 2025",
        "Les navires seront payés par un fonds auquel chaque État contribue selon la longueur de ses côtes.",
    ),
    "German": (
        "Gemeinsame Erklärung zur Sicherheit der Seekabel",
        "Lissabon, 14. März 2024",
        "Die Minister von sechs Küstenstaaten einigten sich in Lissabon auf einen Plan zum Schutz der Kabel.",
        "Sie beschlossen:",
        "1. in jedem Staat eine Kontaktstelle zu benennen;",
        "2. Schäden binnen zwölf Stunden zu melden;",
        "3. jeden Herbst eine Übung abzuhalten.",
        "„Kein Staat kann den Meeresboden allein bewachen“",
        "Die Vorsitzende dankte den Betreibern, die erklärt hatten, wie ein gerissenes Kabel auf See geflickt wird.",
        "• Nächstes Treffen: Oslo, Frühjahr 2025",
        "Die Schiffe werden aus einem Fonds bezahlt, in den jeder Staat nach der Länge seiner Küste einzahlt.",
    ),
    "Spanish": (
        "Declaración conjunta sobre la seguridad de los cables submarinos",
        "Lisboa, 14 de marzo de 2024",
        "Los ministros de seis Estados costeros acordaron en Lisboa un plan común para proteger los cables.",
        "Decidieron:",
        "1. nombrar un punto de contacto en cada Estado;",
        "2. comunicar los daños en un plazo de doce horas;",
        "3. celebrar un ejercicio cada otoño.",
        "«Ningún Estado puede vigilar solo el fondo del mar»",
        "La presidenta dio las gracias a los operadores, que explicaron cómo se repara en el mar un cable roto.",
        "• Próxima reunión: Oslo, primavera de 2025",
        "Los buques se pagarán con un fondo al que cada Estado aporta según la longitud de su costa.",
    ),
    "Arabic": (
        "بيان مشترك بشأن سلامة الكابلات البحرية",
        "لشبونة، 14 مارس 2024",
        "اجتمع وزراء ست دول ساحلية في لشبونة واتفقوا على خطة مشتركة لحماية الكابلات الممتدة في قاع البحر من الأضرار.",
        "وقرر الوزراء ما يلي:",
        "1. تسمية جهة اتصال في كل دولة؛",
        "2. الإبلاغ عن الأضرار خلال اثنتي عشرة ساعة؛",
        "3. إجراء تمرين في كل خريف.",
        "«لا تستطيع دولة أن تحرس قاع البحر وحدها»",
        "وشكرت رئيسة الاجتماع الشركات التي شرح مهندسوها كيف يُعثر على الكابل المقطوع وكيف يتم إصلاحه في عرض البحر.",
        "• الاجتماع المقبل: أوسلو، ربيع 2025",
        "وستدفع تكاليف سفن الإصلاح من صندوق مشترك تسهم فيه كل دولة بحسب طول سواحلها.",
    ),
    "Russian": (
        "Совместное заявление о безопасности подводных кабелей",
        "Лиссабон, 14 марта 2024 года",
        "Министры шести прибрежных государств согласовали в Лиссабоне общий план защиты кабелей на дне.",
        "Они решили:",
        "1. назначить в каждом государстве контактное лицо;",
        "2. сообщать о повреждениях в течение двенадцати часов;",
        "3. проводить учения каждую осень.",
        "«Ни одно государство не может охранять дно в одиночку»",
        "Председатель поблагодарила операторов, которые объяснили, как находят и чинят оборванный кабель.",
        "• Следующая встреча: Осло, весна 2025 года",
        "Ремонтные суда будут оплачены из общего фонда, взносы в который зависят от длины береговой линии.",
    ),
    "Chinese": (
        "关于海底电缆安全的联合声明",
        "2024年3月14日，里斯本",
        "六个沿海国家的部长在里斯本举行会议，就保护海底电缆的共同计划达成一致，并表示将尽快落实各项措施。",
        "部长们决定：",
        "1. 各国指定联络人；",
        "2. 在十二小时内通报损坏情况；",
        "3. 每年秋季举行演习。",
        "“任何国家都无法独自守护海底”",
        "会议主席感谢各运营企业，其工程师介绍了如何在海上寻找并修复断裂的电缆，以及修复工作所需要的时间。",
        "• 下次会议：2025年春，奥斯陆",
        "修理船的费用由共同基金支付，各国按照海岸线的长度分担，基金由六国轮流管理。",
    ),
    "Japanese": (
        "海底ケーブルの安全に関する共同声明",
        "2024年3月14日、リスボン",
        "沿岸6か国の閣僚はリスボンで会合を開き、海底ケーブルを守るための共通の計画に合意したと発表しました。",
        "閣僚は次のことを決定しました：",
        "1. 各国に連絡窓口を設ける",
        "2. 損傷を12時間以内に報告する",
        "3. 毎年秋に訓練を行う",
        "「一国だけで海底を守ることはできない」",
        "議長は、切れたケーブルを海上で探して修理する方法を説明した事業者と技術者に感謝の意を表しました。",
        "• 次回会合：2025年春、オスロ",
        "修理船の費用は、各国が海岸線の長さに応じて負担する共通の基金から支払われます。基金は6か国が交代で管理します。",
    ),
}
TABLE = (
    "Cable faults reported to the operators by sea\t2022\t2023",
    "North Sea\t41\t44",
    "Baltic Sea\t38\t35",
    "Eastern Mediterranean\t19\t21",
    "Total\t98\t100",
)
WITH_TABLE = (*STATEMENTS["English"][:3], *TABLE, *STATEMENTS["English"][3:])
PAGES = {
    **{language: (MENUS[language], lines, FOOTERS[language]) for language, lines in STATEMENTS.items()},
    **{f"{language}, chrome Korean": (MENUS["Korean"], STATEMENTS[language], FOOTERS["Korean"]) for language in MENUS},
    "table": (MENUS["English"], WITH_TABLE, FOOTERS["English"]),
}


@pytest.mark.parametrize("read", [ReferencePage, CompiledPage])
@pytest.mark.parametrize("parts", PAGES.values(), ids=PAGES.keys())
def test_short_lines_within_a_statement_stay(parts: tuple[tuple[str, ...], ...], read: type[Page]) -> None:
    menu, statement, footer = parts
    page = read("\n".join((*menu, "", *statement, "", *footer)))
    kept = [page.lines.text[row] for row in page.settle(range(len(page.lines)))]
    assert [line for line in statement[2:-1] if line not in kept] == []
    assert [line for line in kept if line in (*menu[:-1], *footer[1:])] == []


@pytest.mark.parametrize("read", [ReferencePage, CompiledPage])
@pytest.mark.parametrize("lines", [*STATEMENTS.values(), WITH_TABLE], ids=[*STATEMENTS, "table"])
def test_a_statement_without_chrome_stays_whole(lines: tuple[str, ...], read: type[Page]) -> None:
    page = read("\n".join(lines))
    assert page.settle(range(len(lines))) == list(range(len(lines)))
