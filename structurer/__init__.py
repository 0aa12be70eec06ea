"""structurer: figures one can trust out of messy government annual reports."""

__version__ = "0.1.0.dev0"
