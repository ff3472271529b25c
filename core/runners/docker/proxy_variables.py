"""Where programs inside find the proxy of a workspace whose network is a list of hosts."""

from __future__ import annotations

from core.runners.runner import Environment

PORT = 3128


def proxy_variables(env: Environment) -> dict[str, str]:
    """What tells programs of the proxy; empty where there is none."""
    if env.settings.network != "allow":
        return {}
    address = f"http://127.0.0.1:{PORT}"
    names = ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "all_proxy")
    direct = "localhost,127.0.0.1,::1"
    return {**dict.fromkeys(names, address), "no_proxy": direct, "NO_PROXY": direct}
