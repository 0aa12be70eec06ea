"""Results on their way from many machines into one store, in a folder that every machine sees."""

from structurer.parts.answers import Answers
from structurer.parts.folder import Folder
from structurer.parts.part import PartStore, read_part

__all__ = ["Answers", "Folder", "PartStore", "read_part"]
