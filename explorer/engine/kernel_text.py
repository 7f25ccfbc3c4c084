"""Kernels as text, read and written: spaces, tabs, CSV, semicolons, NumPy, JSON; never evaluated as code."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from explorer.engine.kernel_limits import LARGEST_SIDE, Kernel, KernelError, checked_kernel
from explorer.engine.kernel_number import number_text, read_number

MOST_CHARACTERS = 20_000  # 15 x 15 numbers of 15 digits, with brackets and indentation, need a quarter of it

EXPECTED = "Expected rows of numbers, such as '0 1 0' on each line."
_CALL = re.compile(
    r"(?:\w+\s*=\s*)?(?:(?:np|numpy|torch)\s*\.\s*)?(?:array|asarray|tensor)\s*\((.*)\)\s*;?",
    re.DOTALL,
)
_KEYWORDS = re.compile(r"(?:,\s*\w+\s*=\s*[\w.'\"]+\s*)*,?\s*$")
_OPEN, _CLOSE = "[({", "])}"


def read_kernel(text: str) -> Kernel:
    """The kernel, float32 (kh, kw), in a text of any of the known ways to write one.

    Raises KernelError with the row (and the number in it) that cannot be read and what was expected there.
    """
    if len(text) > MOST_CHARACTERS:
        raise KernelError(
            f"The text has {len(text):,} characters, more than any kernel needs "
            f"(at most {LARGEST_SIDE} rows of {LARGEST_SIDE} numbers)."
        )
    text = text.strip(" \r\n\ufeff")  # not tabs: one at the front is an empty cell
    if not text.strip():
        raise KernelError(f"There are no numbers: the text is empty. {EXPECTED}")
    return _kernel_of(_bracketed_rows(text) if any(sign in text for sign in _OPEN) else _plain_rows(text))


def _kernel_of(rows: Sequence[Sequence[float]]) -> Kernel:
    if not rows or not rows[0]:
        raise KernelError(f"There are no numbers in the text. {EXPECTED}")
    for number, row in enumerate(rows, 1):
        if len(row) != len(rows[0]):
            raise KernelError(
                f"Row {number} has {_count(len(row))}, row 1 has {len(rows[0])}. "
                "Every row needs the same count."
            )
    if len(rows) > LARGEST_SIDE or len(rows[0]) > LARGEST_SIDE:
        raise KernelError(
            f"The text has {len(rows)} x {len(rows[0])} numbers. A kernel has at most "
            f"{LARGEST_SIDE} rows and {LARGEST_SIDE} columns."
        )
    return checked_kernel(rows)


def _count(numbers: int) -> str:
    return "1 number" if numbers == 1 else f"{numbers} numbers"


def _numbers(cells: Sequence[str], row: int, decimal_comma: bool = False) -> list[float]:
    return [
        read_number(cell, f"Row {row}, number {index}", decimal_comma) for index, cell in enumerate(cells, 1)
    ]


def _plain_rows(text: str) -> list[list[float]]:
    """Lines of numbers between spaces, commas, tabs or semicolons; beside the last two a comma is decimal."""
    lines = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    if ";" in text and _semicolons_end_rows(lines):
        lines = [part for line in lines for part in line.split(";") if part.strip()]
    separator = next((sign for sign in "\t;," if any(sign in line for line in lines)), None)
    rows = []
    for number, line in enumerate(lines, 1):
        cells = line.split() if separator is None else line.strip(" ").split(separator)
        if separator and len(cells) > 1 and not cells[-1].strip():
            cells.pop()  # "1, 2, 3," as spreadsheets and code write it
        rows.append(_numbers(cells, number, decimal_comma=separator in ("\t", ";")))
    return rows


def _semicolons_end_rows(lines: Sequence[str]) -> bool:
    """Whether several numbers stand between semicolons: `1 2 3; 4 5 6` as in MATLAB, not `1; 2; 3`."""
    parts = [part.strip() for line in lines for part in line.split(";")]
    return any(len(part.split()) > 1 or part.count(",") > 1 for part in parts)


def _bracketed_rows(text: str) -> list[list[float]]:
    """Nested lists in any brackets: NumPy with or without commas, JSON, tensors, C arrays, MATLAB."""
    call = _CALL.fullmatch(text)
    inner = (_KEYWORDS.sub("", call.group(1)) if call else text).strip()
    if inner[:1] not in _OPEN or inner[-1:] not in _CLOSE:
        raise KernelError(f"The text is neither rows of numbers nor one list in brackets. {EXPECTED}")
    if not any(sign in inner[1:] for sign in _OPEN):
        return _plain_rows(inner[1:-1].replace("\t", " "))
    return _innermost_lists(inner)


def _innermost_lists(text: str) -> list[list[float]]:
    rows: list[list[float]] = []
    open_brackets: list[str] = []
    row_depth, matrices, begin = 0, 0, None
    for position, sign in enumerate(text):
        if sign in _OPEN:
            if begin is not None and text[begin:position].strip(" \t\r\n,"):
                raise KernelError(f"A number stands between the rows, before row {len(rows) + 1}. {EXPECTED}")
            open_brackets.append(sign)
            begin = position + 1
        elif sign in _CLOSE:
            if not open_brackets or _OPEN.index(open_brackets[-1]) != _CLOSE.index(sign):
                raise KernelError(
                    f"The brackets do not match: '{sign}' closes what was not opened. {EXPECTED}"
                )
            if begin is not None:
                row_depth = row_depth or len(open_brackets)
                if len(open_brackets) != row_depth:
                    raise KernelError(f"Row {len(rows) + 1} lies deeper or less deep in brackets than row 1.")
                rows.append(_numbers(_cells(text[begin:position]), len(rows) + 1))
            elif len(open_brackets) == row_depth - 1:
                matrices += 1
            open_brackets.pop()
            begin = None
        elif begin is None and not (sign.isspace() or sign == ","):
            raise KernelError(f"'{sign}' stands outside the rows, after row {len(rows)}. {EXPECTED}")
    if open_brackets:
        raise KernelError(f"The brackets do not match: '{open_brackets[-1]}' is not closed. {EXPECTED}")
    if matrices > 1:
        raise KernelError(f"The text holds {matrices} kernels. Paste one of them.")
    return rows


def _cells(row: str) -> list[str]:
    if "," not in row:
        return row.split()
    cells = row.split(",")
    return cells if cells[-1].strip() else cells[:-1]


@dataclass(frozen=True)
class KernelFormat:
    """One way to write a kernel as text."""

    name: str
    title: str
    write: Callable[[Sequence[Sequence[str]]], str]


def write_kernel(kernel: Kernel, format_name: str = "spaces") -> str:
    """The kernel as text that `read_kernel` reads back to exactly the same float32 numbers."""
    return KERNEL_FORMATS[format_name].write([[number_text(value) for value in row] for row in kernel])


def _lines(between: str) -> Callable[[Sequence[Sequence[str]]], str]:
    return lambda rows: "\n".join(between.join(row) for row in rows)


def _aligned(rows: Sequence[Sequence[str]]) -> str:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return "\n".join(
        " ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True)) for row in rows
    )


def _nested(rows: Sequence[Sequence[str]], indent: int = 1) -> str:
    return "[" + (",\n" + " " * indent).join(f"[{', '.join(row)}]" for row in rows) + "]"


def _numpy(rows: Sequence[Sequence[str]]) -> str:
    return f"np.array({_nested(rows, indent=len('np.array(['))}, dtype=np.float32)"


KERNEL_FORMATS: dict[str, KernelFormat] = {
    each.name: each
    for each in (
        KernelFormat("spaces", "Text with spaces", _aligned),
        KernelFormat("tabs", "Tabs, for spreadsheets", _lines("\t")),
        KernelFormat("csv", "CSV", _lines(",")),
        KernelFormat("semicolons", "Semicolons", _lines(";")),
        KernelFormat("numpy", "NumPy", _numpy),
        KernelFormat("json", "JSON", _nested),
    )
}
