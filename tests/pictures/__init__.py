"""The pictures of the interface that the README shows, and the command that makes them."""
