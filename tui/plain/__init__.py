"""The interface in plain lines, for screen readers and terminals that can do nothing but print.

Nothing is drawn, moved or coloured: lines are only ever added, every choice has a number, and what was
typed is answered. Whatever is missing here is a command: `boatyard --help`.
"""
