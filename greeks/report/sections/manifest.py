"""What it takes to repeat the report."""

from __future__ import annotations

from typing import Any

from greeks.report.context import Context
from greeks.report.tables import Column, Section, Table


def build(context: Context) -> Section:
    """Version, seed, settings, digests of the inputs, and the machine, unless it must not be told."""
    manifest = context.manifest
    rows: list[dict[str, Any]] = [{"what": "version of greeks", "setting": manifest["version"]}]
    rows += [{"what": f"SHA-256 of {name}", "setting": digest} for name, digest in manifest["inputs"].items()]
    rows += [{"what": "as of", "setting": manifest["as_of"]}] if manifest["as_of"] else []
    settings = {**manifest["settings"], "effort": manifest["effort"]}
    for name in ("units", "target", "threads", "group_by"):
        settings.pop(name, None)
    rows += [{"what": name.replace("_", " "), "setting": _text(value)} for name, value in settings.items()]
    if not context.deterministic:
        rows += [{"what": name, "setting": str(value)} for name, value in manifest["machine"].items()]
        rows.append({"what": "threads", "setting": _text(context.threads or "all processors")})
    columns = (Column("what", "What", "text"), Column("setting", "Setting", "text"))
    lead = "The same version, input and settings give the same numbers, for any number of threads."
    return Section("manifest", "How to repeat this", lead, tables=[Table("manifest", "Manifest", columns, rows, 60)])


def _text(value: Any) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    return "default" if value is None else str(value)
