"""Reads slang.txt and rules.txt, which people maintain."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

_FOLDER = Path(__file__).parent
# A whole word of a rule, with or without a wildcard for its ending.
_PLAIN_WORD = re.compile(r"(?<![\\\w<])[a-z]{3,}(?!\\(?!w\*)|[\w>(?*])")


@dataclass(frozen=True)
class Rule:
    """All lines under one heading of rules.txt, as one expression.

    It begins with the space before its first word: what is quickest to look for.
    """

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
        if meaning == "(verbs)":
            read |= {form: word for root in said.split(", ") for form, word in _forms(root)}
        else:
            read |= dict.fromkeys([*said.split(", "), meaning], meaning)
    return read


def _forms(root: str) -> Iterator[tuple[str, str]]:
    """pukul: mukul, memukul, ngepukul, mukulin, pukuli, …; dipukul, dipukulin, kupukul, …"""
    nasal = _nasal(root)
    for ending in ("", "in", "i", "kan", "an"):
        for active in (root, nasal, f"me{nasal}", f"nge{root}", f"ng{root}", f"mem{root}"):
            yield active + ending, root
        for passive in (f"di{root}", f"dike{root}", f"tak{root}"):
            yield passive + ending, f"di{root}"


def _nasal(root: str) -> str:
    softened = {"p": "m", "t": "n", "k": "ng", "s": "ny"}
    if root[0] in softened:
        return softened[root[0]] + root[1:]
    return f"ng{root}" if root[0] in "aeiou" else f"{'m' if root[0] == 'b' else 'n'}{root}"


_KINDS = ("crisis", "concern", "denied", "over", "harmless")


@lru_cache(maxsize=10_000)
def word_kinds(word: str) -> tuple[str, ...]:
    """The word headings under which a word stands: "golok" is a weapon."""
    return tuple(name for name, pattern in _kinds() if pattern.fullmatch(f" {word}"))


@cache
def _kinds() -> list[tuple[str, re.Pattern[str]]]:
    heads = [(head[1], body) for head, body in _sections() if head[0] == "word"]
    return [(name, _expression([_either(" ".join(body))], {})) for name, body in heads]


@cache
def rules(kind: str) -> list[Rule]:
    """The rules of one kind: crisis, concern, denied, over or harmless."""
    sections = list(_sections())
    shared = {head[1]: " ".join(body) for head, body in sections if head[0] == "word"}
    return [_rule(head, body, shared) for head, body in sections if head[0] == kind]


@cache
def every_rule() -> list[Rule]:
    return [rule for kind in _KINDS for rule in rules(kind)]


def matching(words: str, among: Iterable[Rule]) -> list[Rule]:
    """Those that hit a normalised text, covered or not."""
    spaced = f" {words}"
    return [rule for rule in among if rule.pattern.search(spaced)]


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
        text = text.replace(f"<{name}>", f"(?:{_either(words)})")
    # A rule may use any spelling: it is read as the messages are.
    text = _PLAIN_WORD.sub(lambda word: spellings().get(word.group(), word.group()), text)
    for sign, most in (("...", 6), ("..", 3)):
        text = text.replace(f" {sign} ", f"(?: [^ |]+){{0,{most}}} ")
        text = re.sub(rf"(?<=[?+)]){re.escape(sign)} ", f"(?:[^ |]+ ){{0,{most}}}", text)
    return re.compile(rf" (?:{text})(?!\S)")


def _either(words: str) -> str:
    return words.replace(" | ", "|").replace(" |", "|")
