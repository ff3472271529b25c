"""The screen of settings, and the dialogs about those of a repository."""
