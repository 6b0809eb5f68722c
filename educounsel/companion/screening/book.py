"""Reads slang.txt and rules.txt, which people maintain."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Rule:
    """All lines under one heading of rules.txt, as one expression."""

    kind: str
    category: str
    danger_to: str
    name: str
    pattern: re.Pattern[str]


@cache
def spellings() -> dict[str, str]:
    """{"gw": "aku", "bundir": "bunuh diri", …}; a meaning also means itself."""
    meanings = (line.split(": ", 1) for line in _lines("slang.txt"))
    read: dict[str, str] = {}
    for meaning, said in meanings:
        read |= dict.fromkeys([*said.split(", "), meaning], meaning)
    return read


@cache
def rules(kind: str) -> list[Rule]:
    """The rules of one kind: crisis, concern, denied, over or harmless."""
    sections = list(_sections())
    shared = {head[1]: " ".join(body) for head, body in sections if head[0] == "word"}
    return [_rule(head, body, shared) for head, body in sections if head[0] == kind]


def _lines(name: str) -> Iterator[str]:
    lines = (_FOLDER / name).read_text(encoding="utf-8").splitlines()
    return (line for line in lines if line and not line.startswith("#"))


def _sections() -> Iterator[tuple[list[str], list[str]]]:
    head: list[str] = []
    body: list[str] = []
    for line in _lines("rules.txt"):
        if line.startswith("["):
            if head:
                yield head, body
            head, body = line.strip("[]").split(), []
        else:
            body.append(line)
    yield head, body


def _rule(head: list[str], body: list[str], shared: dict[str, str]) -> Rule:
    category, whom, name = {
        "crisis": head[1:],
        "concern": [*head[1:2], "self", *head[2:]],
    }.get(head[0], ["none", "", " ".join(head[1:])])
    return Rule(head[0], category, whom, name, _expression(body, shared))


def _expression(body: list[str], shared: dict[str, str]) -> re.Pattern[str]:
    text = "|".join(body)
    for name, words in shared.items():
        text = text.replace(f"<{name}>", f"(?:{words.replace(' | ', '|').replace(' |', '|')})")
    for sign, most in (("...", 6), ("..", 3)):
        text = text.replace(f" {sign} ", f"(?: [^ |]+){{0,{most}}} ")
        text = re.sub(rf"(?<=[?+)]){re.escape(sign)} ", f"(?:[^ |]+ ){{0,{most}}}", text)
    return re.compile(rf"(?<!\S)(?:{text})(?!\S)")
