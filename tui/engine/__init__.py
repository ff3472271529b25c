"""The engine as the interface sees it: the link to it, and what it last reported."""
