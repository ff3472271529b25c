"""Merging, the landing queue, and conflicts."""
