"""Whose request it is, when proxies stand before us. Pure; knows no settings and no requests."""

import re
from collections.abc import Iterable, Sequence
from functools import cache
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)

Address = IPv4Address | IPv6Address
Networks = Sequence[IPv4Network | IPv6Network]

IN_BRACKETS = re.compile(r"\[(.*)\](?::\d+)?")
WITH_PORT = re.compile(r"([^:]*):\d+")


@cache
def networks(given: tuple[str, ...]) -> Networks:
    """Addresses and networks such as `10.0.0.1`, `10.0.0.0/8`, `fd00::/8`. Raises ValueError, naming it."""
    return [ip_network(text) for text in given]


def client_address(remote: str, forwarded_for: str, trusted: Networks) -> str:
    """The address that a request came from, as far as it can be believed; empty when `remote` is none.

    `forwarded_for` is the header X-Forwarded-For: each proxy adds, at the right, whom it was asked by. Only
    what a trusted proxy added is believed, so it is read from the right, up to the first who is not trusted;
    up to the last good one when what a trusted proxy added is no address.
    """
    reached = parsed(remote)
    for entry in reversed(forwarded_for.split(",")):
        before = parsed(entry)
        if reached is None or before is None or not is_among(reached, trusted):
            break
        reached = before
    return str(reached or "")


def is_among(address: Address, trusted: Networks) -> bool:
    return any(address in network for network in trusted)


def parsed(text: str) -> Address | None:
    """An address as proxies write it: IPv6 perhaps in brackets, a port or a zone behind it, in quotes.

    An IPv4 address inside an IPv6 one is the IPv4 address.
    """
    bare = text.strip().strip('"')
    with_more = IN_BRACKETS.fullmatch(bare) or WITH_PORT.fullmatch(bare)
    try:
        address = ip_address((with_more[1] if with_more else bare).partition("%")[0])
    except ValueError:
        return None
    return (address.ipv4_mapped if isinstance(address, IPv6Address) else None) or address


def client_network(address: str) -> str:
    """What stands for all addresses that one household is given: of IPv6 the network of 64 bits."""
    found = parsed(address)
    if isinstance(found, IPv6Address):
        return str(ip_network((found, 64), strict=False))
    return str(found or "")


def unreadable(given: Iterable[str]) -> list[str]:
    """Of these, what `networks` would refuse."""
    return [text for text in given if not _is_network(text)]


def _is_network(text: str) -> bool:
    try:
        ip_network(text)
    except ValueError:
        return False
    return True
