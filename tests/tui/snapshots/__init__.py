"""What every screen looks like: its text at three sizes, its colours in three themes.

`python -m tests.tui.snapshots` draws all of them anew; a difference is then one of lines in a file.
"""
