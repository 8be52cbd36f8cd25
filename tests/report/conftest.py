"""A made-up corpus of tags with what breaks reports: scripts, formulas, quotes, line ends, three scripts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from pipeline.report.tags import make_tags
from pipeline.types import Counts, ProbabilitySums, Taxonomy, Theme

if TYPE_CHECKING:
    from pipeline.report.tags import Tags

TAXONOMY = Taxonomy(
    "sample",
    "2026.1",
    (
        Theme("cyber", {"en": "Cyber security", "ko": "사이버 안보"}, "Attacks on networks and the norms against them.",
              "Incident response, norms.", "Opinion on social media."),
        Theme("military-ai", {"en": "AI in the military domain", "ko": "군사 분야 인공지능"}, "Weapons that decide."),
        Theme("space", {"en": "Space security", "ko": "우주 안보"}, "Satellites as means and targets."),
        Theme("biosecurity", {"en": "Biosecurity", "ko": "생물안보"}),
        Theme("crime", {"en": "Transnational crime", "ko": "초국가 범죄"}, "Trafficking & policing."),
    ),
)  # fmt: skip
SENTENCES = {
    "en": {
        "cyber": "The two sides agreed to warn each other of intrusions into hospital networks within a day.",
        "military-ai": "No machine may choose whom to strike without a commander who answers for it.",
        "space": "Debris from the test forced three crews to take shelter in their capsules.",
        "biosecurity": "The laboratory will report every shipment of the strain to its neighbours.",
        "crime": "Officers from nine ports traced the containers back to one broker.",
    },
    "ko": {
        "cyber": "양측은 병원 전산망 침해를 하루 안에 서로 알리기로 하였다.",
        "military-ai": "책임지는 지휘관 없이 기계가 표적을 고를 수 없다.",
        "space": "시험에서 나온 잔해 때문에 승무원들이 귀환선으로 대피하였다.",
        "biosecurity": "연구소는 균주를 옮길 때마다 이웃 나라에 통보한다.",
        "crime": "아홉 개 항만의 수사관들이 한 중개인을 찾아냈다.",
    },
    "ar": {
        "cyber": "اتفق الجانبان على تبادل الإنذار خلال يوم واحد.",
        "military-ai": "لا يجوز للآلة أن تختار هدفها وحدها.",
        "space": "اضطر الطاقم إلى الاحتماء بسبب الحطام.",
        "biosecurity": "يبلغ المختبر جيرانه بكل شحنة.",
        "crime": "تتبع الضباط الحاويات إلى وسيط واحد.",
    },
}
NASTY_TITLES = (
    '<script>alert("title")</script>', "=HYPERLINK(\"http://x\",\"y\")", "+82 2 2100", "-1 degree", "@here",
    "\ttabbed", "'=already escaped", 'say "so", twice', "two\nlines", "carriage\rreturn", "NA", "</title><b>bold",
    "{{ 7 * 7 }}", "\N{RIGHT-TO-LEFT OVERRIDE}reversed",
)  # fmt: skip
SOURCES = ("Ministry of Roads & Rivers", "유엔 사무국", "<b>Institute</b>", "وزارة")
RATES = {
    "cyber": (0.2, 0.5),
    "military-ai": (0.3, 0.1),
    "space": (0.05, 0.3),
    "biosecurity": (0, 0),
    "crime": (0.15, 0.15),
}


def document_fields(number: int, random: np.random.Generator) -> dict[str, object]:
    """The columns of `doc_tags` that belong to the document."""
    month = int(random.integers(0, 18))
    title = NASTY_TITLES[number] if number < len(NASTY_TITLES) else f"Release {number}"
    date = f"{2022 + month // 12}-{month % 12 + 1:02}-{int(random.integers(1, 28)):02}"
    date = {5: "", 6: "2023", 7: "2022-11"}.get(number, date)
    return {
        "doc_id": f"d{number:04}",
        "sha256": f"{number:064x}",
        "title": title,
        "source": SOURCES[int(random.integers(0, len(SOURCES)))],
        "language": ("en", "en", "ko", "ar")[int(random.integers(0, 4))],
        "pub_date": date,
        "date_precision": {0: "none", 4: "year", 7: "month", 10: "day"}[len(date)],
        "date_origin": "text" if date else "none",
    }


def tag_fields(theme: str, probability: float, decision: str, fields: dict[str, object]) -> dict[str, object]:
    sentence = SENTENCES[str(fields["language"])][theme] + f" ({fields['doc_id']})"
    return {
        "theme": theme, "label_en": TAXONOMY[theme].label("en"), "label_ko": TAXONOMY[theme].label("ko"),
        "probability": probability, "threshold": 0.5, "decision": decision, "evidence": sentence,
        "start": 10, "end": 10 + len(sentence), "contribution": round(probability - 0.4, 4),
        "model": "sample-model", "taxonomy_version": "2026.1",
    }  # fmt: skip


def make_frame(n_documents: int = 160, seed: int = 7) -> pd.DataFrame:
    """`doc_tags` in which cyber rises, military AI falls and nothing is about biosecurity."""
    random = np.random.default_rng(seed)
    rows = []
    for number in range(n_documents):
        fields = document_fields(number, random)
        late = str(fields["pub_date"]) >= "2022-10"
        draws = {theme: float(random.random()) for theme in TAXONOMY.ids}
        found = [theme for theme in TAXONOMY.ids if draws[theme] < RATES[theme][late]]
        tags = [tag_fields(theme, round(0.99 - draws[theme] / 2, 3), "assigned", fields) for theme in found]
        if not tags:
            decision, probability = ("abstain", 0.47) if number % 3 == 0 else ("not", 0.12)
            tags = [tag_fields("crime", probability, decision, fields)]
        rows += [{**fields, **tag} for tag in sorted(tags, key=lambda tag: -float(str(tag["probability"])))]
    return pd.DataFrame(rows)


@pytest.fixture(scope="session")
def frame() -> pd.DataFrame:
    return make_frame()


@pytest.fixture(scope="session")
def beside(frame: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """documents, skipped and probabilities, as tagging writes them."""
    documents = frame.drop_duplicates("doc_id")[["doc_id", "title", "source", "language", "pub_date"]].copy()
    documents["duplicate_of"] = (
        documents["doc_id"].map({"d0021": "d0020", "d0022": "d0020", "d0031": "gone"}).fillna("")
    )
    documents["remark"] = documents["doc_id"].map({"d0040": "too short"}).fillna("")
    skipped = pd.DataFrame(
        [("inbox", "not text: begins with \\x7fELF", "inbox/tool.bin"), ("=cmd()", "empty", "inbox/<img src=x>.txt")],
        columns=["source", "reason", "location"],
    )
    documents["location"] = "inbox/" + documents["doc_id"] + ".txt"
    known = frame.pivot_table(index="doc_id", columns="theme", values="probability")
    known = known.reindex(documents["doc_id"], columns=list(TAXONOMY.ids)).fillna(0.08).reset_index()
    return {"documents": documents, "skipped": skipped, "probabilities": known}


@pytest.fixture(scope="session")
def tags(frame: pd.DataFrame, beside: dict[str, pd.DataFrame]) -> Tags:
    return make_tags(frame, **beside, run=RUN)


@pytest.fixture(scope="session")
def taxonomy() -> Taxonomy:
    return TAXONOMY


@pytest.fixture(scope="session")
def quality() -> list[Counts]:
    """space is too rare to be corrected, crime is told apart too poorly."""
    return [
        Counts("cyber", "all", 90, 12, 10, 288), Counts("cyber", "ko", 40, 5, 5, 90),
        Counts("military-ai", "all", 60, 6, 15, 319), Counts("space", "all", 5, 1, 2, 392),
        Counts("biosecurity", "all", 40, 3, 6, 351), Counts("crime", "all", 20, 60, 40, 280),
    ]  # fmt: skip


@pytest.fixture(scope="session")
def sums() -> list[ProbabilitySums]:
    """The probabilities behind `quality`: crime is told apart too poorly here as well, space is too rare."""
    return [
        ProbabilitySums("cyber", "all", 100, 80.0, 68.0, 300, 21.0, 5.0),
        ProbabilitySums("cyber", "ko", 45, 36.0, 30.0, 95, 7.6, 2.0),
        ProbabilitySums("military-ai", "all", 75, 54.0, 43.0, 325, 13.0, 3.0),
        ProbabilitySums("space", "all", 7, 4.5, 3.1, 393, 4.0, 1.0),
        ProbabilitySums("biosecurity", "all", 46, 36.0, 30.0, 354, 11.0, 2.0),
        ProbabilitySums("crime", "all", 60, 18.0, 9.0, 340, 60.0, 15.0),
    ]


RUN = {
    "command": "themes run data/raw --out reports",
    "version": "0.1.0",
    "model": {"name": "sample-model", "sha256": "ab" * 32},
    "settings": {"grain": "auto", "languages": ["en", "ko"]},
    "note": "<img src=x onerror=alert(1)>",
}


@pytest.fixture(scope="session")
def run() -> dict[str, object]:
    return dict(RUN)
