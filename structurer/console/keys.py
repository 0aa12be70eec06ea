"""The keys of a review: for each action a number, a letter and a Chinese word, in any width."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Literal

Action = Literal[
    "value", "type", "reject", "later", "flag", "unknown",
    "undo", "redo", "jump", "page", "edit", "add", "help", "stop",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Key:
    """How an action is asked for, and what it does in a few words."""

    number: str
    letter: str
    words: tuple[str, ...]
    does: str


KEYS: Mapping[Action, Key] = {
    "type": Key("6", "c", ("改", "修改"), "another value"),
    "reject": Key("7", "n", ("否", "无此项"), "not stated here"),
    "later": Key("8", "l", ("以后", "后"), "later"),
    "flag": Key("9", "f", ("标记",), "flag, with a reason"),
    "unknown": Key("0", "x", ("错", "不知"), "wrong, right value unknown"),
    "undo": Key("10", "u", ("撤销",), "undo"),
    "redo": Key("11", "r", ("重做",), "redo"),
    "jump": Key("12", "j", ("跳",), "jump"),
    "page": Key("13", "p", ("原文",), "read the page"),
    "edit": Key("14", "o", ("编辑器",), "page in $EDITOR"),
    "add": Key("15", "m", ("补",), "add a missed value"),
    "help": Key("16", "?", ("帮助",), "help"),
    "stop": Key("17", "q", ("停", "退出"), "stop"),
}
ACCEPT_WORDS = ("是", "对", "接受", "y", "yes", "accept")
_DIGITS_OF_VALUES = frozenset("12345")


@dataclass(frozen=True, slots=True)
class Wish:
    """What a reviewer asked for; `choice` is the index of a value, `rest` what was typed behind the key."""

    action: Action
    rest: str = ""
    choice: int = 0


@dataclass(frozen=True, slots=True)
class Unclear:
    """Something typed that means nothing now, and what to say about it."""

    said: str


def understand(
    typed: str, *, values: int, default: bool, acceptable: bool, able: Collection[Action]
) -> Wish | Unclear:
    """What a line means: `values` can be chosen by number, `default` is whether Enter accepts.

    Full-width characters are read as the plain ones.
    """
    line = unicodedata.normalize("NFKC", typed).strip()
    if not line:
        return Wish("value") if default else Unclear("nothing is marked for Enter here; type a key")
    if line[0] == "=":
        return Wish("type", line[1:].strip())
    head, _, rest = line.partition(" ")
    word = head.lower()
    if word in _DIGITS_OF_VALUES:
        return _value(int(word), values)
    if word in ACCEPT_WORDS:
        return Wish("value") if acceptable else Unclear("there is no value to accept; choose one, or type it")
    for action, key in KEYS.items():
        names = (key.number, key.letter, action, *key.words)
        if word in names:
            return _able(action, rest.strip(), able)
        for name in key.words:
            if line.startswith(name):
                return _able(action, line[len(name) :].strip(), able)
    return Unclear(f"{line[:20]!r} means nothing here; 16 or ? lists the keys")


def _value(number: int, values: int) -> Wish | Unclear:
    if number <= values:
        return Wish("value", choice=number - 1)
    return Unclear(
        f"there is no value {number}; 6 lets you type one" if values else "there is no value to choose"
    )


def _able(action: Action, rest: str, able: Collection[Action]) -> Wish | Unclear:
    if action in able:
        return Wish(action, rest)
    return Unclear(_NOT_NOW.get(action, f"{action} does nothing now"))


_NOT_NOW: Mapping[Action, str] = {
    "undo": "there is nothing to undo",
    "redo": "there is nothing to redo",
    "jump": "there is nowhere to jump to",
    "page": "the page is not at hand",
    "edit": "set EDITOR to open the page in it",
}


def offered(able: Collection[Action]) -> list[str]:
    """The keys that work now, as shown: number, word, what it does."""
    return [f"[{key.number}] {key.words[0]} {key.does}" for action, key in KEYS.items() if action in able]
