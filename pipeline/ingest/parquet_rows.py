"""Parquet, row group by row group, only the columns that are needed."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.ingest.columns import MissingColumnError, find_columns
from pipeline.ingest.options import ReadOptions
from pipeline.ingest.received import Received
from pipeline.ingest.walk import InputFile
from pipeline.types import Skipped

N_ROWS_AT_ONCE = 512
BUFFER_BYTES = 1 << 20
"""Columns are read piece by piece, so that a row group may be larger than the memory."""


def read_parquet(file: InputFile, options: ReadOptions) -> Iterator[Received | Skipped]:
    """Rows of a Parquet file in order, counted from 1."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    number = 0
    try:
        with pq.ParquetFile(file.path, pre_buffer=False, buffer_size=BUFFER_BYTES) as table:
            columns = find_columns(table.schema_arrow.names, options)
            for batch in table.iter_batches(N_ROWS_AT_ONCE, columns=columns.names(), use_threads=False):
                for row in batch.to_pylist():
                    number += 1
                    try:
                        yield columns.received(row, f"{file.location}#{number}")
                    except ValueError as error:
                        yield Skipped(file.source, str(error), f"{file.location}#{number}")
    except MissingColumnError as error:
        yield Skipped(file.source, str(error), file.location)
    except MemoryError:
        raise
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        reason = f"Parquet file damaged after row {number}" if number else "not a Parquet file, or a damaged one"
        yield Skipped(file.source, f"{reason}: {' '.join(str(error).split())[:120]}", file.location)
