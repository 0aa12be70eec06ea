"""The accuracy page: measured, kept as data, and rendered; no figure on it is typed."""
