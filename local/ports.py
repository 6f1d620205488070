"""Free ports, chosen once and kept."""

import secrets
import socket

# Below the range from which systems take the ports of outgoing connections.
CHOICES = range(20000, 32000)


def is_free(port: int, kind: socket.SocketKind = socket.SOCK_STREAM) -> bool:
    with socket.socket(socket.AF_INET, kind) as probe:
        if kind is socket.SOCK_STREAM:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def choose(taken: set[int]) -> int:
    """A port that is free for TCP and UDP now and not among those already given out."""
    while True:
        port = secrets.choice(CHOICES)
        if port not in taken and is_free(port) and is_free(port, socket.SOCK_DGRAM):
            taken.add(port)
            return port
