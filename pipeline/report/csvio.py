"""CSV that Excel opens rightly and that reads back exactly.

UTF-8 with a byte-order mark, every text cell quoted, numbers bare. A text that a spreadsheet would run as a formula
(it begins with = + - @, a tab or a carriage return) gets a leading apostrophe, and so does one that already looks
escaped, so that `read_csv` can take exactly one away again. (The list of characters: OWASP, "CSV Injection".)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from pipeline.csvtext import BYTE_ORDER_MARK, RISKY
from pipeline.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path

    import pyarrow as pa

FLOAT_DECIMALS = 6
_ESCAPED = r"^'+[=+\-@\t\r]"


def escape(column: pd.Series) -> pd.Series:
    """Text cells with an apostrophe before whatever a spreadsheet would take for a formula."""
    risky = column.str.match(RISKY).fillna(False).astype(bool)
    return column.mask(risky, "'" + column)


def unescape(column: pd.Series) -> pd.Series:
    """The inverse of `escape`."""
    escaped = column.str.match(_ESCAPED).fillna(False).astype(bool)
    return column.mask(escaped, column.str[1:])


def write_csv(frame: pd.DataFrame, path: Path) -> None:
    """Write `frame` without its index. Dates become ISO 8601, floats keep six decimals, missing values are empty."""
    import pyarrow as pa
    import pyarrow.csv

    columns = {str(name): _cells(frame[name]) for name in frame.columns}
    with path.open("wb") as file:
        file.write(BYTE_ORDER_MARK.encode())
        pyarrow.csv.write_csv(pa.table(columns), file)


def _cells(column: pd.Series) -> pa.Array:
    import pyarrow as pa

    if pd.api.types.is_float_dtype(column):
        return pa.array(column.astype("float64").round(FLOAT_DECIMALS), from_pandas=True)
    if pd.api.types.is_integer_dtype(column) or pd.api.types.is_bool_dtype(column):
        return pa.array(column, from_pandas=True)
    if pd.api.types.is_datetime64_any_dtype(column):
        return pa.array(column.dt.strftime("%Y-%m-%d"), type=pa.string(), from_pandas=True)
    if isinstance(column.dtype, pd.CategoricalDtype):
        column = column.astype("str")
    return pa.array(escape(column.astype("str")), type=pa.string(), from_pandas=True)


def read_csv(path: Path) -> pd.DataFrame:
    """Read a table written by `write_csv`: every column as text, unescaped, nothing taken for a missing value.

    Raises `InputError` for a file that is not comma-separated UTF-8.
    """
    import pyarrow as pa
    import pyarrow.csv

    try:
        names = _header(path)
        table = pyarrow.csv.read_csv(
            path,
            parse_options=pyarrow.csv.ParseOptions(newlines_in_values=True),
            convert_options=pyarrow.csv.ConvertOptions(
                column_types={name: pa.string() for name in names}, strings_can_be_null=False
            ),
        )
    except (pa.ArrowInvalid, UnicodeDecodeError) as error:
        raise InputError(
            f"is not a readable CSV table: {str(error).splitlines()[0]}",
            where=str(path),
            expected="comma-separated values in UTF-8, the column names in the first row",
            mend='save it again as "CSV UTF-8", or pass the Parquet file instead',
        ) from error
    return pd.DataFrame({name: unescape(table[name].to_pandas().astype("str")) for name in table.column_names})


def _header(path: Path) -> list[str]:
    import csv

    with path.open(encoding="utf-8-sig", newline="") as file:
        return next(csv.reader(file), [])
