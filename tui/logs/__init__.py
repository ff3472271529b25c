"""Raw output of processes: opened at its end, followed, filtered."""
