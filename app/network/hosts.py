"""Names and addresses: which hosts a rule means, and which addresses are local."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable

HTTPS = 443
_LONGEST = 253
_LONGEST_LABEL = 63

# Not `is_global`: it also answers for ranges that are merely not handed out, and changes
# with the version of Python. These are the ones through which a foreign name could be made
# to mean this machine or its neighbours (DNS rebinding).
_LOCAL = tuple(
    ipaddress.ip_network(network)
    for network in (
        "0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 "
        "192.168.0.0/16 224.0.0.0/4 240.0.0.0/4 ::/127 fc00::/7 fe80::/10 ff00::/8"
    ).split()
)
_TRANSLATED = ipaddress.ip_network("64:ff9b::/96")
_LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})


def clean(host: str) -> str:
    """The name as it is compared: lower case, without the dot of the root.

    "" for what can be no name of a host.
    """
    name = host.strip("[]").rstrip(".").lower()
    if not name.isascii() or len(name) > _LONGEST or any(c in "/\\@?#*% \t\r\n" for c in name):
        return ""
    if not all(0 < len(label) <= _LONGEST_LABEL for label in name.split(".")):
        return ""
    return name


def endpoint(host: str, port: int) -> str:
    """Host and port in one."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def rule_of(host: str, port: int) -> str:
    """The rule that means this host and port alone: "host", or "host:port" off the usual one."""
    return host if port == HTTPS else endpoint(host, port)


def matches(rule: str, host: str) -> bool:
    """Whether `rule`, a name or "*.suffix", means `host`; the suffix alone is not meant."""
    if rule.startswith("*."):
        return host.endswith(rule[1:]) and host != rule[2:]
    return host == rule


def within(rule: str, table: Iterable[str]) -> bool:
    """Whether everything that `rule` means is meant by a rule of `table`."""
    if rule.startswith("*."):
        return any(other.startswith("*.") and rule[1:].endswith(other[1:]) for other in table)
    return any(matches(other, rule) for other in table)


def is_loopback_name(host: str) -> bool:
    """Whether `host` can mean nothing but this machine."""
    return host in _LOOPBACK_NAMES


def is_local(address: str) -> bool:
    """Whether the IP address lies on this machine or in a local network."""
    parsed = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped is not None:
            parsed = parsed.ipv4_mapped
        elif parsed in _TRANSLATED:
            parsed = ipaddress.IPv4Address(int(parsed) & 0xFFFFFFFF)
    return any(parsed in network for network in _LOCAL if network.version == parsed.version)
