"""Rows as the text of a file."""

from __future__ import annotations

import csv
import io


def as_csv(rows):
    header = list(dict.fromkeys(name for row in rows for name in row))
    out = io.StringIO()
    writer = csv.DictWriter(out, header, restval="")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()
