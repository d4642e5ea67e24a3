"""A page taken apart, for tests of what stands in it."""

from __future__ import annotations

from html.parser import HTMLParser

VOID = {"meta", "br", "hr", "img", "input", "link"}


class Page(HTMLParser):
    """Tags in order with their ids, exact values, and text by the elements it stands in."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.stack: list[tuple[str, str]] = []
        self.tags: list[str] = []
        self.ids: list[str] = []
        self.values: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []
        self.texts: list[tuple[list[tuple[str, str]], str]] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        self.attributes += [(tag, name, value) for name, value in found.items()]
        self.tags.append(tag)
        if "id" in found:
            self.ids.append(found["id"])
        if tag == "data":
            self.values.append(found["value"])
        if tag not in VOID:
            self.stack.append((tag, found.get("class", "")))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.stack.pop()

    def handle_endtag(self, tag: str) -> None:
        assert self.stack, f"</{tag}> closes nothing"
        assert self.stack.pop()[0] == tag

    def handle_data(self, data: str) -> None:
        if data.strip():
            self.texts.append((list(self.stack), data))
