"""Which hosts a rule means, and which addresses are local."""

from __future__ import annotations

import pytest

from app.network import hosts


@pytest.mark.parametrize(
    ("rule", "host", "does"),
    [
        ("hf.co", "hf.co", True),
        ("hf.co", "cdn.hf.co", False),
        ("*.hf.co", "cdn.hf.co", True),
        ("*.hf.co", "a.b.hf.co", True),
        ("*.hf.co", "hf.co", False),
        ("*.hf.co", "evilhf.co", False),
        ("*.hf.co", "hf.co.evil.com", False),
    ],
)
def test_rules_mean_names(rule: str, host: str, does: bool) -> None:
    assert hosts.matches(rule, host) is does


@pytest.mark.parametrize(
    ("rule", "is_within"),
    [("hub.org", True), ("a.cdn.org", True), ("*.cdn.org", True), ("*.a.cdn.org", True),
     ("cdn.org", False), ("*.org", False), ("*.hub.org", False), ("*.evilcdn.org", False)],
)  # fmt: skip
def test_a_rule_is_within_a_table_or_not(rule: str, is_within: bool) -> None:
    assert hosts.within(rule, ("hub.org", "*.cdn.org")) is is_within


@pytest.mark.parametrize(
    ("text", "name"),
    [("Example.ORG.", "example.org"), ("[::1]", "::1"), ("a/b", ""), ("a@b", ""), ("ü.de", ""),
     ("", ""), ("x" * 64, ""), ("a..b", ""), ("fe80::1%eth0", "")],
)  # fmt: skip
def test_names_are_cleaned(text: str, name: str) -> None:
    assert hosts.clean(text) == name


def test_local_addresses() -> None:
    local = "127.0.0.2 10.0.0.1 172.31.0.1 192.168.1.1 100.127.0.1 224.0.0.1 ::1 :: fd12::1"
    public = "1.1.1.1 172.32.0.1 100.128.0.1 2606:4700::1111 ::ffff:8.8.8.8 64:ff9b::808:808"
    assert all(hosts.is_local(address) for address in local.split())
    assert not any(hosts.is_local(address) for address in public.split())


def test_rules_of_ports() -> None:
    assert hosts.rule_of("hub.org", 443) == "hub.org"
    assert hosts.rule_of("hub.org", 8443) == "hub.org:8443"
    assert hosts.endpoint("::1", 80) == "[::1]:80"
