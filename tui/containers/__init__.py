"""The screen of containers."""
