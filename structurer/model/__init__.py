"""Asking a language model: the one door for openai and instructor, opened only when something is asked."""

from structurer.model.client import Client
from structurer.model.question import Question
from structurer.model.reply import Reply, State
from structurer.model.shelf import Kept, Shelf

__all__ = ["Client", "Kept", "Question", "Reply", "Shelf", "State"]
