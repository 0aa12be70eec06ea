"""Claims about this library, each measured by one script."""
