"""Everything that runs git: depots, workspace clones, snapshots, diffs, merges and landing.

Knows nothing of containers or runners. Only depots, which nobody but the engine writes, are worked in;
what a sandbox can write is nothing but a source to fetch from.
"""
