"""Search over everything that was said, run and written."""
