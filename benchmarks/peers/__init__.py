"""Other tools, run with their own interpreter so that their dependencies stay out of ours."""
