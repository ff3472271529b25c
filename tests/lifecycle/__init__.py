"""The parts of a workspace's life, each by itself."""
