"""Files that are no CSV, whatever their names say, by their first bytes."""

from __future__ import annotations

import io
import zipfile

_AS_CSV = "open it in a spreadsheet and save the sheet as CSV UTF-8 (comma delimited)"
_PACKED = "unpack it, and give the CSV inside"
_BY_START = (
    (b"\x1f\x8b", f"is compressed with gzip: {_PACKED}"),
    (b"BZh", f"is compressed with bzip2: {_PACKED}"),
    (b"\xfd7zXZ\0", f"is compressed with xz: {_PACKED}"),
    (b"\x28\xb5\x2f\xfd", f"is compressed with zstd: {_PACKED}"),
    (b"7z\xbc\xaf\x27\x1c", f"is a 7z archive: {_PACKED}"),
    (b"PAR1", "is Parquet: write it as CSV, as pandas.read_parquet(FILE).to_csv(CSV, index=False) does"),
    (b"ARROW1", "is Arrow: write it as CSV, as pandas.read_feather(FILE).to_csv(CSV, index=False) does"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", f"is an old Excel workbook (.xls), or one with a password: {_AS_CSV}"),
    (b"\x89HDF", "is HDF5: write its table as CSV"),
    (b"SQLite format 3", "is a SQLite database: write its table as CSV"),
    (b"%PDF", "is a PDF: ask for the data as CSV"),
    (b"\x80\x04\x95", "holds Python objects (.pkl), which are never read: write it as CSV"),
)
_CONTROLS = bytes(code for code in range(32) if code not in b"\t\r\n\x1b")
_BINARY = 0.05  # share of control characters from which a file is no text
_MANY = 0.2  # share of zero bytes from which a text is UTF-16 without a mark


def foreign_kind(data: bytes) -> str:
    """What a file is, if it is no text, and what to do, as the end of "the file ..."; nothing for a text."""
    for start, said in _BY_START:
        if data.startswith(start):
            return said
    if data.startswith(b"PK\x03\x04"):
        return _archive(data)
    head = data[:400]
    if head.startswith((b"\xff\xfe\0\0", b"\0\0\xfe\xff")):
        return "is UTF-32: save it as UTF-8"
    if head.startswith((b"\xff\xfe", b"\xfe\xff")) or _without_mark(head):
        return "is UTF-16: save it as UTF-8"
    if head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        return f"is a web page or XML, whatever its name: {_AS_CSV}"
    if len(head.translate(None, _CONTROLS)) < (1.0 - _BINARY) * len(head):
        return "is binary, and no text: write its table as CSV"
    return ""


def _without_mark(head: bytes) -> bool:
    """Whether every other byte is 0 in most places, as in Latin text of two bytes a character."""
    even, odd = head[::2].count(0), head[1::2].count(0)
    return len(head) > 8 and max(even, odd) > _MANY * len(head) and min(even, odd) < 0.1 * max(even, odd)


def _archive(data: bytes) -> str:
    try:
        names = zipfile.ZipFile(io.BytesIO(data)).namelist()
    except (zipfile.BadZipFile, OSError, ValueError):
        names = []
    if any(name.startswith("xl/") for name in names):
        return f"is an Excel workbook (.xlsx): {_AS_CSV}"
    if "content.xml" in names or any(name.startswith("Index/") for name in names):
        return f"is the document of a spreadsheet: {_AS_CSV}"
    return f"is a zip archive: {_PACKED}"
