"""Reviewing: what deserves a look, what reviewers decided about it, and what that means for the values."""
