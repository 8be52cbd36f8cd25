"""The workflows about coverage, each a plain function: the report, what differs between two, what names decide."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline import report_results as results
from pipeline.classify.store import load_model
from pipeline.errors import InputError, ModelError, PipelineError
from pipeline.progress import step

DEFAULT_MODEL = "emerging-security"

if TYPE_CHECKING:
    import pandas as pd

    from pipeline.classify.model import ThemeModel
    from pipeline.report.build import CoverageReport
    from pipeline.report.tags import Tags
    from pipeline.types import Document


def report(tags: Path, out: Path, model: str | None = None, **options: Any) -> results.ReportResult:
    """Write coverage tables and the page for a folder of tags, or one doc_tags file.

    model: name or folder of the model that made the tags, where it is not found by what they say of it. options: those
    of `pipeline.report.build.ReportOptions`, such as language, grain and charts.
    """
    from pipeline.report.build import ReportOptions, build_report
    from pipeline.report.tags import read_tags
    from pipeline.report.write import save_report

    chosen = ReportOptions(**options)
    with step("reporting"):
        read = read_tags(tags)
        tagger = model_of(read.run, model)
        facts: dict[str, Any] = {}
        if tagger:
            facts = {"taxonomy": tagger.taxonomy, "quality": tagger.quality, "sums": tagger.probability_sums}
        run = {**read.run, "tags": str(tags.resolve())} if read.run else None
        built = build_report(read, **facts, run=run, options=chosen)
        if tagger:
            built = replace(built, contexts=_contexts(built, tags if tags.is_dir() else tags.parent, tagger))
        written = save_report(built, out)
    return results.ReportResult(written.page, tuple(sorted(path.name for path in written.tables.values())))


def compare(
    before: Path, after: Path, out: Path, *, models: tuple[str | None, str | None] = (None, None), **options: Any
) -> results.CompareResult:
    """Write why the shares of two reports, or of two folders of tags, differ, and which tags flipped.

    models: name or folder of the model behind each, where it is not found by what the tags say of it. options: `grain`
    and `formats` of `pipeline.report.compare`.
    """
    from pipeline.report.compare import compare_tags, write_comparison
    from pipeline.report.matrix import read_reported

    formats = options.pop("formats", ("csv",))
    with step("comparing"):
        sides = read_reported(before), read_reported(after)
        found = compare_tags(*sides, **options)
        taggers = [model_of(side.run, named) for side, named in zip(sides, models, strict=True)]
        words = _flip_words(found.flips, sides, taggers, folders=(after, before))
        found = replace(found, flips=found.flips.assign(terms=[of for of, _ in words], note=[why for _, why in words]))
        tables = write_comparison(found, out, formats=formats)
    notes = [
        f"{side.run.get('model') or 'the model'} behind {path} is not at hand: words that flipped tags are not known"
        for side, path, tagger in zip(sides, (before, after), taggers, strict=True)
        if tagger is None and (found.flips["cause"] == "model").any()
    ]
    filtered = [side.run.get("filters") for side in sides]
    if filtered[0] != filtered[1]:
        notes.append('the tags were filtered differently: what filters took away counts as gone, "other"')
    return results.CompareResult.of(found, tables, tuple(notes))


def _flip_words(
    flips: pd.DataFrame, sides: tuple[Tags, Tags], models: Sequence[ThemeModel | None], *, folders: tuple[Path, Path]
) -> list[tuple[str, str]]:
    """For each flip, the words that moved it, or why they are not known."""
    from pipeline.classify.flips import word_shifts

    before, after = models
    asked = set(flips.loc[flips["cause"].isin(("model", "taxonomy")), "doc_id"]) if before and after else set()
    documents = _kept(asked, sides, folders)
    found = []
    for doc_id, theme, cause in zip(flips["doc_id"], flips["theme"], flips["cause"], strict=True):
        document = documents.get(doc_id)
        if cause in ("document", "other"):
            found.append(("", "the document changed" if cause == "document" else "the model is the same"))
        elif before is None or after is None:
            found.append(("", "a model is not at hand"))
        elif document is None:
            found.append(("", "the text is not kept"))
        else:
            shifts = word_shifts(before, after, document, theme=theme)
            found.append((", ".join(f"{word} {shift:+.2f}" for word, shift in shifts), "" if shifts else "no word did"))
    return found


def _kept(doc_ids: set[str], sides: tuple[Tags, Tags], folders: tuple[Path, Path]) -> dict[str, Document]:
    """Documents by id from the first of the folders, or of those of the tags behind them, that keeps them."""
    described = sides[1].documents
    wanted = dict(zip(described["doc_id"], described["sha256"], strict=True))
    wanted = {doc_id: wanted[doc_id] for doc_id in sorted(doc_ids)}
    behind = [Path(str(side.run["tags"])) for side in reversed(sides) if "tags" in side.run]
    documents: dict[str, Document] = {}
    for folder in [*folders, *behind]:
        rest = {doc_id: sha256 for doc_id, sha256 in wanted.items() if doc_id not in documents}
        documents |= _kept_in(folder, rest) if rest else {}
    return documents


def _kept_in(folder: Path, sha256_of: Mapping[str, str]) -> dict[str, Document]:
    """What a folder keeps of the documents asked for; nothing where another version of the program kept it."""
    from pipeline.batch.stored import stored_by_id

    try:
        return stored_by_id(folder, sha256_of)
    except PipelineError:
        return {}


def audit(
    given: Path, out: Path, *, model: str = DEFAULT_MODEL, limit: float = 1.0, names: Path | None = None, **options: Any
) -> results.AuditResult:
    """Write which tags came or went when names and boilerplate are hidden, for a folder of tags or documents.

    model: of documents; tags are judged by the model that made them. limit: the share of tags lost from which on the
    check fails. names: a text file of further names to hide, one a line. options: `formats` of the tables.
    """
    import pandas as pd

    from pipeline.batch.stored import is_stored, stored_documents
    from pipeline.classify.auditing import Dependence, ThemeDependence
    from pipeline.classify.auditing import audit as audit_tags
    from pipeline.report.storage import write_tables
    from pipeline.report.tags import holds_tags, read_run

    with step("auditing"):
        if given.is_dir() and holds_tags(given) and not is_stored(given):
            raise InputError("keeps no documents, only tags", where=str(given), mend="audit the documents themselves")
        if is_stored(given):
            documents, tagger = list(stored_documents(given)), model_of(read_run(given / "run.json"))
        else:
            documents, tagger = _read_documents(given), None
        tagger = tagger or load_model(model)
        if not documents:
            raise InputError("no documents were found", where=str(given), mend="check the path")
        found = audit_tags(tagger, documents, names=_lines(names))
        frames = {
            "audit": pd.DataFrame(found.dependences, columns=list(Dependence._fields)),
            "audit_themes": pd.DataFrame(found.themes, columns=list(ThemeDependence._fields)),
        }
        tables = write_tables(frames, out, formats=options.pop("formats", ("csv",)))
    return results.AuditResult.of(found, tables, tagger.version, limit)


def _read_documents(given: Path) -> list[Document]:
    from pipeline.ingest import read_documents
    from pipeline.ingest.options import ReadOptions
    from pipeline.types import Document

    return [item for item in read_documents([given], ReadOptions()) if isinstance(item, Document)]


def _lines(names: Path | None) -> list[str]:
    if names is None:
        return []
    try:
        return [line.strip() for line in names.read_text(encoding="utf-8-sig").splitlines() if line.strip()]
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"cannot be read: {error}", where=str(names), expected="one name a line, in UTF-8") from error


def model_of(run_record: Mapping[str, Any], named: str | None = None) -> ThemeModel | None:
    """The model that made tags: the one `named`, or where they say it stood; None where it is not the same.

    Raises `ModelError` where the one named is not the one that made them.
    """
    version = run_record.get("model")
    if named is not None:
        model = load_model(named)
        if model.version != version:
            raise ModelError(
                f"is {model.version}, which did not make these tags", where=named, expected=str(version or "any other")
            )
        return model
    for place in (run_record.get("model_place"), run_record.get("model_name")):
        found = _load_if_there(place) if isinstance(place, str) and place else None
        if found and found.version == version:
            return found
    return None


def _load_if_there(place: str) -> ThemeModel | None:
    try:
        return load_model(place)
    except ModelError:
        return None


def _contexts(built: CoverageReport, folder: Path, model: ThemeModel) -> dict[tuple[str, str], Any]:
    """What stands around the sentences of the page, for documents that the folder of tags keeps."""
    from pipeline.classify.quoting import quote
    from pipeline.report.evidence import on_page

    shown = on_page(built.tables["evidence"])
    sha256_of = dict(zip(built.tags.frame["doc_id"], built.tags.frame["sha256"], strict=True))
    documents = _kept_in(folder, {doc_id: sha256_of[doc_id] for doc_id in shown["doc_id"]})
    rows = zip(*(shown[name].tolist() for name in ("doc_id", "theme", "evidence", "start", "end")), strict=True)
    return {
        (doc_id, theme): quote(model, documents[doc_id], theme, start=start, end=end)
        for doc_id, theme, sentence, start, end in rows
        if doc_id in documents and theme in model.taxonomy.column and documents[doc_id].text[start:end] == sentence
    }
