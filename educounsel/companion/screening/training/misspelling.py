"""Misspells a message as students do, so that the opinion does not hang on letters."""

import random
import re

_LEET = str.maketrans("aieos", "41305")
_VOWELS = re.compile("[aiueo]")
_SHORT = 3


def misspelt(text: str, chance: random.Random) -> str:
    return " ".join(_misspelt_word(word, chance) for word in text.split())


def _misspelt_word(word: str, chance: random.Random) -> str:
    """About every second word, each in one way."""
    ways = (_swapped, _bones, _leet, _lengthened, _shortened, _spelled_out, _without_vowels)
    way = chance.randrange(2 * len(ways))
    return ways[way](word, chance) if way < len(ways) and len(word) > _SHORT else word


def _swapped(word: str, chance: random.Random) -> str:
    at = chance.randrange(1, len(word) - 1)
    return word[:at] + word[at + 1] + word[at] + word[at + 2 :]


def _bones(word: str, _: random.Random) -> str:
    return word[0] + _VOWELS.sub("", word[1:-1]) + word[-1]


def _leet(word: str, _: random.Random) -> str:
    return word.translate(_LEET)


def _lengthened(word: str, chance: random.Random) -> str:
    return word + word[-1] * chance.randint(1, 4)


def _shortened(word: str, chance: random.Random) -> str:
    at = chance.randrange(1, len(word))
    return word[:at] + word[at + 1 :]


def _spelled_out(word: str, chance: random.Random) -> str:
    return chance.choice("-. ").join(word)


def _without_vowels(word: str, _: random.Random) -> str:
    return word[0] + _VOWELS.sub("", word[1:])
