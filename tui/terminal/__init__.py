"""The terminal itself: its colours, its going away, and programs that need it for themselves."""
