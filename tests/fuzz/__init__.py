"""Parsers fed with what they were not made for, guided by which of their lines that reaches."""
