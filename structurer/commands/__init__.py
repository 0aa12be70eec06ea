"""The commands, by what they are for; each is a thin function over the library."""
