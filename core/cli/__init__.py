"""The command line: one verb per thing that a user can do, over the same client as the terminal interface."""
