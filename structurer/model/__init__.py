"""Asking a language model: the one door for openai and instructor, opened only when something is asked."""

from structurer.model.client import Client, Kept, Reply, Shelf, State
from structurer.model.question import Question

__all__ = ["Client", "Kept", "Question", "Reply", "Shelf", "State"]
