"""What a host answers instead of what was asked for."""

from __future__ import annotations

from core.errors import ForgeError


class RefusedError(ForgeError):
    """The host understood and said no: `status` is its HTTP status."""

    def __init__(self, message: str, status: int, *, hint: str = "") -> None:
        super().__init__(message, hint=hint, details={"status": status})
        self.status = status


class RateLimitedError(ForgeError):
    """Too much was asked; `until` is when more may be, in seconds since 1970."""

    def __init__(self, message: str, until: float, *, hint: str = "") -> None:
        super().__init__(message, hint=hint, details={"until": until})
        self.until = until
