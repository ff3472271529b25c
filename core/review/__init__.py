"""A workspace's work as it is reviewed and merged: over all its repositories, in the API's values."""
