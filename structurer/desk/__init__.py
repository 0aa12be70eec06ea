"""Reviewing over a store: units handed out, decisions put in, and what they change beside them."""
