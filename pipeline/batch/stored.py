"""Documents as a folder of tags keeps them: cleaned as they were when tagged, without the inputs being read again."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import cast

from pipeline.batch.job import FOLDER, PARTS
from pipeline.batch.ledger import LEDGER, Ledger
from pipeline.batch.parts import read_part
from pipeline.batch.tagged import TaggedRow
from pipeline.errors import InputError
from pipeline.types import DateOrigin, DatePrecision, Document, PublicationDate

Wanted = Callable[[str, str], bool]
_IDS = ("id", "sha256")
_NEEDED = (
    "id", "sha256", "title", "source", "language", "date", "precision", "origin", "location", "reason", "text",
)  # fmt: skip


def is_stored(out: Path) -> bool:
    """Whether a folder keeps documents."""
    return (out / FOLDER / LEDGER).is_file()


def stored_by_id(out: Path, sha256_of: Mapping[str, str]) -> dict[str, Document]:
    """Documents by their id in doc_tags, for those ids of `sha256_of` that a folder keeps with that sha256."""
    keys = {doc_id: [(read, sha256) for read in _ids_read(doc_id)] for doc_id, sha256 in sha256_of.items()}
    asked = {key for of in keys.values() for key in of}
    found = {(item.id, item.sha256): item for item in stored_documents(out, lambda *key: key in asked)}
    return {doc_id: found[key] for doc_id, of in keys.items() for key in of if key in found}


def _ids_read(doc_id: str) -> list[str]:
    """The ids that a document with this id in doc_tags may have had when read, the likelier last."""
    stem, _, number = doc_id.rpartition("-")
    return [stem, doc_id] if stem and number.isdecimal() else [doc_id]


def stored_documents(out: Path, wanted: Wanted | None = None) -> Iterator[Document]:
    """The tagged documents of a folder, or those whose id and sha256 `wanted` holds for; none where none are kept.

    Ids are those given when read: of two inputs that are the same, doc_tags names the second with "-2" after it.
    Raises `InputError` for parts that another version of the program wrote.
    """
    for part in _parts(out):
        try:
            # ids alone first: most parts of a large folder hold nothing that is asked for
            if wanted is None or any(wanted(row.id, row.sha256) for row in read_part(part, TaggedRow, _IDS)):
                rows = [row for row in read_part(part, TaggedRow, _NEEDED) if not row.reason]
                yield from (_document(row) for row in rows if wanted is None or wanted(row.id, row.sha256))
        except (OSError, TypeError, ValueError, KeyError) as error:
            raise InputError(
                "keeps documents in a way that this version cannot read", where=str(out), mend="run `themes tag` again"
            ) from error


def _parts(out: Path) -> list[Path]:
    if not is_stored(out):
        return []
    ledger = Ledger(out / FOLDER, read_only=True)
    try:
        names = dict.fromkeys(tagged.part for tagged in ledger.tags().values())
    finally:
        ledger.close()
    return [out / FOLDER / PARTS / name for name in sorted(names)]


def _document(row: TaggedRow) -> Document:
    date = PublicationDate(row.date, cast("DatePrecision", row.precision), cast("DateOrigin", row.origin))
    return Document(row.id, row.text, row.title, row.language, date, row.source, row.location, row.sha256)
