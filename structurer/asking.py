"""Asking a model about one report, and saying beforehand what asking about many would use."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack

from structurer.cache import open_cache
from structurer.draft import Draft
from structurer.forms import Forms
from structurer.model.client import Client
from structurer.model.question import Question
from structurer.model.reply import Reply
from structurer.model.shelf import Shelf
from structurer.questions import questions
from structurer.settings import Settings


def ask(draft: Draft, forms: Forms, settings: Settings) -> list[Reply]:
    """The replies to what is asked about one report, from the cache as far as it has them."""
    with ExitStack() as opened:
        client = Client(settings, shelves=[opened.enter_context(open_cache(settings))])
        return client.ask_all(asked(draft, forms, client, settings))


def asked(draft: Draft, forms: Forms, client: Client, settings: Settings) -> list[Question]:
    """The questions about one report that these settings ask."""
    return questions(draft, forms, settings.ask, client.count)


def complete(replies: Sequence[Reply]) -> bool:
    """Whether asking again would change nothing: no question was left out or lost on the way."""
    return all(reply.lasting for reply in replies)


__all__ = ["Client", "Shelf", "ask", "asked", "complete"]
