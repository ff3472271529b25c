"""The engine's front door: HTTP and WebSocket routes over a Unix socket, and the process behind it."""
