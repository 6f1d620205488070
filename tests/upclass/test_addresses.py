from ipaddress import IPv4Address, IPv6Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from upclass.addresses import client_address, client_network, is_among, networks, parsed, unreadable

TRUSTED = networks(("10.0.0.0/8", "fd00::/8", "203.0.113.7"))

addresses = st.ip_addresses()
strangers = addresses.map(str).filter(lambda text: not is_among(found(text), TRUSTED))
proxies = st.one_of(st.ip_addresses(network="10.0.0.0/8"), st.ip_addresses(network="fd00::/8")).map(str)
junk = st.text(max_size=40).filter(lambda text: "," not in text and parsed(text) is None)


def found(text: str) -> IPv4Address | IPv6Address:
    address = parsed(text)
    assert address is not None
    return address


# What is believed


def test_without_proxies_the_header_says_nothing() -> None:
    assert client_address("198.51.100.1", "1.2.3.4", networks(())) == "198.51.100.1"


def test_a_trusted_proxy_says_whom_it_was_asked_by() -> None:
    assert client_address("10.0.0.1", "198.51.100.1", TRUSTED) == "198.51.100.1"


def test_a_chain_of_proxies_is_followed_to_the_first_stranger() -> None:
    said = "1.1.1.1, 198.51.100.1, fd00::5, 203.0.113.7"
    assert client_address("10.0.0.1", said, TRUSTED) == "198.51.100.1"


def test_what_a_client_wrote_itself_stands_left_and_is_not_read() -> None:
    assert client_address("10.0.0.1", "10.0.0.9, 198.51.100.1", TRUSTED) == "198.51.100.1"


def test_a_proxy_that_says_nothing_is_the_client() -> None:
    assert client_address("10.0.0.1", "", TRUSTED) == "10.0.0.1"


def test_junk_from_a_trusted_proxy_is_the_proxys_own() -> None:
    assert client_address("10.0.0.1", "198.51.100.1, unknown, 10.0.0.2", TRUSTED) == "10.0.0.2"


@pytest.mark.parametrize("remote", ["", "unix:", "nonsense"])
def test_whoever_has_no_address_has_none(remote: str) -> None:
    assert client_address(remote, "1.2.3.4", TRUSTED) == ""


@given(remote=strangers, said=st.text())
def test_a_stranger_is_never_believed(remote: str, said: str) -> None:
    assert client_address(remote, said, TRUSTED) == str(parsed(remote))


@given(forged=st.lists(st.one_of(addresses.map(str), junk)), client=strangers, between=st.lists(proxies))
def test_nothing_that_a_client_writes_changes_its_address(
    forged: list[str], client: str, between: list[str]
) -> None:
    """It writes what it likes; the proxies add it, and then each other, at the right."""
    said = ", ".join([*forged, client, *between])
    assert client_address("10.0.0.1", said, TRUSTED) == str(parsed(client))


@given(remote=st.text(), said=st.text())
def test_the_answer_is_an_address_or_empty(remote: str, said: str) -> None:
    answer = client_address(remote, said, networks(("0.0.0.0/0", "::/0")))
    assert answer == "" or str(parsed(answer)) == answer


# How addresses are written


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("1.2.3.4", "1.2.3.4"),
        (" 1.2.3.4 ", "1.2.3.4"),
        ("1.2.3.4:443", "1.2.3.4"),
        ("2001:DB8::1", "2001:db8::1"),
        ("[2001:db8::1]", "2001:db8::1"),
        ('"[2001:db8::1]:443"', "2001:db8::1"),
        ("fe80::1%eth0", "fe80::1"),
        ("::ffff:1.2.3.4", "1.2.3.4"),
        ("[::ffff:1.2.3.4]:80", "1.2.3.4"),
    ],
)
def test_an_address_is_read_as_proxies_write_it(text: str, address: str) -> None:
    assert str(parsed(text)) == address


@pytest.mark.parametrize(
    "text",
    ["", "unknown", "_hidden", "1.2.3", "1.2.3.4.5", "1.2.3.4:x", "[::1", "::1]", "[]", "1.2.3.4/8", "%"],
)
def test_what_is_no_address_is_none(text: str) -> None:
    assert parsed(text) is None


@given(address=addresses, port=st.integers(0, 65535))
def test_a_port_does_not_matter(address: IPv4Address | IPv6Address, port: int) -> None:
    shown = f"{address}:{port}" if isinstance(address, IPv4Address) else f"[{address}]:{port}"
    assert parsed(shown) == parsed(str(address))


def test_an_ipv4_proxy_is_trusted_however_the_socket_writes_it() -> None:
    assert client_address("::ffff:10.0.0.1", "198.51.100.1", TRUSTED) == "198.51.100.1"


# Networks


def test_an_ipv4_address_is_a_network_of_its_own() -> None:
    assert client_network("198.51.100.1") == "198.51.100.1"


def test_the_addresses_of_one_ipv6_network_are_one() -> None:
    assert client_network("2001:db8:1:2::1") == client_network("2001:db8:1:2:ffff::9") == "2001:db8:1:2::/64"
    assert client_network("2001:db8:1:3::1") != client_network("2001:db8:1:2::1")


@given(address=addresses)
def test_a_network_fits_into_its_column(address: IPv4Address | IPv6Address) -> None:
    assert 0 < len(client_network(str(address))) <= 50


def test_who_has_no_address_is_in_one_network_with_the_others() -> None:
    assert client_network("") == client_network("nonsense") == ""


def test_what_is_no_network_is_named() -> None:
    assert unreadable(["10.0.0.1", "10.0.0.0/8", "::1", "fd00::/8"]) == []
    assert unreadable(["proxy", "10.0.0.1/8", "10.0.0.0/99", ""]) == [
        "proxy",
        "10.0.0.1/8",
        "10.0.0.0/99",
        "",
    ]
