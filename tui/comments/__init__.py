"""Comments on a diff: written, listed, shown among the lines."""
