"""Which number of 4/5/2023 is the day: by the rest of the document, its source, or not at all."""

from __future__ import annotations

import pytest

from pipeline.ingest.date_mentions import DateOrder
from pipeline.ingest.date_order import slash_order
from pipeline.ingest.documents import CleanedText, document
from pipeline.ingest.received import Received
from pipeline.types import Cleaned, Document, Span

BODY = "The ministers met in the capital and agreed that the repair of cables is to be easier for all of them. " * 4


@pytest.mark.parametrize(
    ("text", "source", "order"),
    [
        ("Published: 04/05/2023\nComments close on 25/05/2023.", "", "day"),
        ("Published: 04/05/2023\nComments close on 05/25/2023.", "", "month"),
        ("Published: 04/05/2023\nThe talks of 4 May 2023 were the first.", "", "day"),
        ("Published: 04/05/2023\nThe talks of April 5, 2023 were the first.", "", "month"),
        ("Published: 04/05/2023\nThe plan of 12 March 2021 is in force.", "", "day"),
        ("Published: 04/05/2023\nThe plan of March 12, 2021 is in force.", "", "month"),
        ("Published: 04/05/2023\nThe talks of 5 April 2023 went well.", "", "month"),
        ("Published: 04/05/2023", "www.office.gov.uk", "day"),
        ("Published: 04/05/2023", "https://www.state.gov/briefings", "month"),
        ("Published: 04/05/2023\nThe labour market and the defence budget", "", "day"),
        ("Published: 04/05/2023\nThe labor market and the defense budget", "", "month"),
        ("Published: 04/05/2023\nThe defence programme of the Center for Labor", "", ""),
        ("Published: 04/05/2023\nOn 12 March 2021 and on March 14, 2021", "", ""),
        ("Published: 04/05/2023", "news.example.org", ""),
        ("Published: 04/05/2023", "raw", ""),
        ("", "", ""),
    ],
)
def test_evidence(text: str, source: str, order: DateOrder) -> None:
    assert slash_order(text, source) == order


@pytest.mark.parametrize(
    ("line", "field", "source", "date"),
    [
        ("Published: 04/05/2023", "", "office.gov.au", "2023-05-04"),
        ("Published: 04/05/2023", "", "agency.gov", "2023-04-05"),
        ("Published: 04/05/2023", "", "", "2023"),
        ("The plan of 12 March 2021 is in force.", "04/05/2023", "", "2023-05-04"),
        ("The plan is in force.", "2023", "office.gov.au", "2023"),
    ],
)
def test_the_document_is_dated_by_it(line: str, field: str, source: str, date: str) -> None:
    text = f"{line}\n{BODY}"
    item = document(
        CleanedText(Received(text, "a", date=field, source=source), Cleaned(text, spans=(Span(0, 0, len(text)),)))
    )
    assert isinstance(item, Document)
    assert (item.language, item.date.value) == ("en", date)
