"""Whether the web server can have its port, asked before anything is started."""

import socket

HOST = "127.0.0.1"


def refusal(port: int) -> str | None:
    """Why the port cannot be used and what to do, or None where it is free."""
    with socket.socket() as probe:
        # Connections that a former run left closing do not keep gunicorn from listening.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except PermissionError:
            return f"Port {port} needs an administrator's rights. Choose another: PORT=8000 make run"
        except OSError:
            other = port + 1 if port < 65535 else port - 1
            return f"Port {port} is taken. Stop what uses it, or choose another: PORT={other} make run"
    return None


def is_open(port: int) -> bool:
    """Whether something answers at the port."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((HOST, port)) == 0
