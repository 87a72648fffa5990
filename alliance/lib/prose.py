"""How does what people type become paragraphs and lists, and what do they see when they come back?"""

from __future__ import annotations

import re
from html import escape, unescape
from typing import Final

MARKUP: Final = re.compile(r"</?(?:p|br|ul|ol|li|strong|em|b|i|h[1-6]|a|div|span)\b", re.IGNORECASE)
BULLET: Final = re.compile(r"^\s*[-*•–]\s+")
PIECE: Final = re.compile(r"<(p|ul)>(.*?)</\1>\s*", re.DOTALL)
ITEM: Final = re.compile(r"<li>(.*?)</li>\s*", re.DOTALL)
STARS: Final = re.compile(r"\*\*(\S(?:.*?\S)?)\*\*")
STRONG: Final = re.compile(r"<strong>(.*?)</strong>", re.DOTALL)
BREAK: Final = re.compile(r"<br ?/?>\n?")


def to_html(typed: str) -> str:
    """Plain text as paragraphs, lines that begin with a dash as a list; markup stays as it is."""
    if MARKUP.search(typed):
        return typed
    blocks = re.split(r"\n\s*\n", typed.replace("\r\n", "\n").strip())
    return "\n".join(_block(block) for block in blocks if block.strip())


def to_text(html: str) -> str:
    """What was typed, where nothing but paragraphs and lists came of it; otherwise the markup."""
    blocks = []
    rest = PIECE.sub("", html).strip()
    for tag, inner in PIECE.findall(html):
        lines = ITEM.findall(inner) if tag == "ul" else [BREAK.sub("\n", inner)]
        said = [STRONG.sub(r"**\1**", line) for line in lines]
        blocks.append("\n".join(f"- {line}" if tag == "ul" else line for line in said))
    text = "\n\n".join(blocks)
    return html if rest or MARKUP.search(text) else unescape(text)


def _block(block: str) -> str:
    parts: list[str] = []
    lines: list[str] = []
    bullets: list[str] = []
    for line in block.strip().split("\n"):
        if BULLET.match(line):
            _close(parts, lines, "p")
            bullets.append(BULLET.sub("", line))
        else:
            _close(parts, bullets, "ul")
            lines.append(line)
    _close(parts, lines, "p")
    _close(parts, bullets, "ul")
    return "\n".join(parts)


def _close(parts: list[str], lines: list[str], tag: str) -> None:
    """End a paragraph or a list that has begun."""
    if not lines:
        return
    said = [STARS.sub(r"<strong>\1</strong>", escape(line.strip(), quote=False)) for line in lines]
    inner = "<br>".join(said) if tag == "p" else "".join(f"<li>{line}</li>" for line in said)
    parts.append(f"<{tag}>{inner}</{tag}>")
    lines.clear()
