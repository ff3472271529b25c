"""Which hosts a workspace may reach, and the proxy that sees to it."""
