"""`python -m structurer` is the `structurer` command."""

from structurer.cli import main

main()
