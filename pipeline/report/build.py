"""All tables of one report, computed once and then written or rendered."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from pipeline.errors import SettingsError
from pipeline.report import tables
from pipeline.report.adjust import N_DRAWS, book_rates
from pipeline.report.change import change
from pipeline.report.evidence import N_EXAMPLES, doubtful, evidence
from pipeline.report.matrix import theme_matrix
from pipeline.report.periods import GRAINS, Grain
from pipeline.report.slices import slice_tags
from pipeline.report.storage import TABLE_FORMATS, TableFormat
from pipeline.report.wording import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from pipeline.classify.quoting import Quoted
    from pipeline.report.slices import Slices
    from pipeline.report.tags import Tags
    from pipeline.types import Counts, ProbabilitySums, Taxonomy


@dataclass(frozen=True, slots=True)
class ReportOptions:
    """`language` of the page (en, ko); `grain` None is chosen by the dates; `compare` two periods or two sources.

    Tables are written in every one of `table_formats`; `charts` "png" adds a folder of charts for slides.
    """

    language: str = "en"
    title: str = ""
    grain: Grain | None = None
    compare: tuple[str, str] | None = None
    table_formats: tuple[TableFormat, ...] = ("csv",)
    charts: Literal["none", "png"] = "none"
    n_examples: int = N_EXAMPLES
    n_draws: int = N_DRAWS
    seed: int = 0

    def __post_init__(self) -> None:
        if self.grain is not None and self.grain not in GRAINS:
            raise SettingsError(f"no grain {self.grain!r}", where="--grain", expected="one of " + ", ".join(GRAINS))
        if self.language not in LANGUAGES:
            raise SettingsError(f"no words for {self.language!r}", where="--lang", expected=" or ".join(LANGUAGES))
        for name in self.table_formats:
            if name not in TABLE_FORMATS:
                expected = "one of " + ", ".join(TABLE_FORMATS)
                raise SettingsError(f"no table format {name!r}", where="--format", expected=expected)
        if self.charts not in ("none", "png"):
            raise SettingsError(f"no chart format {self.charts!r}", where="--charts", expected="none or png")


@dataclass(frozen=True, eq=False)
class CoverageReport:
    """A finished report: `tables` by name (coverage, change, ...), and what they were counted from.

    `contexts`: by document and theme, what stands around a sentence of `evidence`, where that is known.
    """

    tables: Mapping[str, pd.DataFrame]
    tags: Tags
    slices: Slices
    taxonomy: Taxonomy
    run: Mapping[str, Any]
    options: ReportOptions
    contexts: Mapping[tuple[str, str], Quoted] = field(default_factory=dict)


def build_report(
    tags: Tags,
    *,
    taxonomy: Taxonomy | None = None,
    quality: Sequence[Counts] = (),
    sums: Sequence[ProbabilitySums] = (),
    run: Mapping[str, Any] | None = None,
    options: ReportOptions | None = None,
) -> CoverageReport:
    """Count everything once. Themes that only the tags name are added to `taxonomy`; see `write_report`."""
    options = options or ReportOptions()
    taxonomy = tags.taxonomy(taxonomy)
    slices = slice_tags(tags, taxonomy, grain=options.grain)
    rates, soft_rates = (
        book_rates(figures, taxonomy.ids, n_draws=options.n_draws, seed=options.seed) for figures in (quality, sums)
    )
    finished = {
        "coverage": tables.coverage(slices, rates, soft_rates),
        "change": change(slices, rates, compare=options.compare),
        "cooccurrence": tables.cooccurrence(slices),
        "evidence": evidence(tags, slices, n_examples=options.n_examples),
        "doubtful": doubtful(tags, slices),
        "unassigned": tables.unassigned(tags),
        "quality": tables.quality(quality),
        "skipped": tags.skipped,
        "duplicates": tables.duplicates(tags),
        "theme_matrix": theme_matrix(tags, taxonomy.ids),
    }
    return CoverageReport(finished, tags, slices, taxonomy, run if run is not None else tags.run, options)
