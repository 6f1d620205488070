"""A STUN server that answers everybody with the same address, as a public one answers whoever has it."""

import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager

MAGIC = 0x2112A442
SUCCESS, MAPPED, IPV4 = 0x0101, 0x0020, 1  # RFC 8489


def answer(question: bytes, address: str) -> bytes:
    number = int.from_bytes(socket.inet_aton(address))
    mapped = struct.pack("!HHBBHI", MAPPED, 8, 0, IPV4, 40000 ^ (MAGIC >> 16), number ^ MAGIC)
    return struct.pack("!HHI", SUCCESS, len(mapped), MAGIC) + question[8:20] + mapped


@contextmanager
def served(address: str) -> Iterator[str]:
    """Where it listens, as host:port."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))
        server.settimeout(0.2)
        stopped = threading.Event()
        thread = threading.Thread(target=_serve, args=(server, address, stopped))
        thread.start()
        try:
            yield "{}:{}".format(*server.getsockname())
        finally:
            stopped.set()
            thread.join()


def _serve(server: socket.socket, address: str, stopped: threading.Event) -> None:
    while not stopped.is_set():
        try:
            question, asker = server.recvfrom(2048)
        except TimeoutError:
            continue
        server.sendto(answer(question, address), asker)
