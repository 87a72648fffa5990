"""Which ways to other machines could somebody in between read, or answer in another's name?

What stays on this machine, a socket or the loopback, has nobody in between; a tunnel may end there. Everything else is
encrypted, and whoever answers proves by a certificate to be who was meant.
"""

from collections.abc import Iterator, Mapping
from urllib.parse import parse_qsl, urlsplit

HERE = frozenset({"", "localhost", "127.0.0.1", "::1"})
LAX = ({"ssl_cert_reqs": "none"}, {"ssl_cert_reqs": "optional"}, {"ssl_check_hostname": "false"})
"""Words in a queue's address that would let anybody answer."""


def open_ways(given: Mapping[str, str]) -> list[str]:
    """What is wrong with the addresses in this environment, a sentence each, without what is secret in them."""
    return [
        *_to_the_database(given),
        *_to_the_queue(given.get("REDIS_URL", "")),
        *_to_the_mail(given),
        *_to_the_scanner(given.get("CLAMD_URL", "")),
    ]


def neighbours(given: Mapping[str, str]) -> frozenset[str]:
    """The hosts that this environment names: database, queue, mail, scanner, and the sign-in
    providers of organisations (``SIGN_IN_HOSTS``, with commas; ``.example.org`` is all below it)."""
    addresses = ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "CLAMD_URL")
    urls = [given.get(name, "") for name in addresses]
    hosts = [urlsplit(url).hostname or "" for url in urls]
    hosts += [_words(url).get(word, "") for url in urls for word in ("host", "hostaddr")]
    hosts += [given.get(name, "") for name in ("PGHOST", "EMAIL_HOST", "SIGN_IN_HOSTS")]
    named = {host.strip() for several in hosts for host in several.split(",")}
    return frozenset(host for host in named if host and not host.startswith("/"))


def _to_the_database(given: Mapping[str, str]) -> Iterator[str]:
    for name in ("DATABASE_URL", "DATABASE_OWNER_URL"):
        if not (url := given.get(name, "")):
            continue
        parts, words = urlsplit(url), _words(url)
        host = words.get("host") or parts.hostname or given.get("PGHOST", "")
        there = [one for one in (host, words.get("hostaddr", "")) if not _is_here(one)]
        if there and words.get("sslmode") != "verify-full":
            yield (
                f"{name} leads to {there[0]} without a look at who answers: add "
                "?sslmode=verify-full&sslrootcert=… with the file of its authority, or “system”."
            )


def _to_the_queue(url: str) -> Iterator[str]:
    parts, words = urlsplit(url), _words(url)
    if parts.scheme == "unix" or _is_here(parts.hostname or ""):
        return
    said = {word: value.lower() for word, value in words.items()}
    if parts.scheme != "rediss" or any(lax.items() <= said.items() for lax in LAX):
        yield (
            f"REDIS_URL leads to {parts.hostname} without a look at who answers: let it begin with rediss://, "
            "name the file of its authority in ?ssl_ca_certs=…, and switch no check off."
        )


def _to_the_mail(given: Mapping[str, str]) -> Iterator[str]:
    host = given.get("EMAIL_HOST", "")
    if not _is_here(host) and given.get("EMAIL_USE_TLS") != "1":
        yield f"Letters would go to {host} for anybody to read: set EMAIL_USE_TLS=1."


def _to_the_scanner(url: str) -> Iterator[str]:
    parts = urlsplit(url)
    if parts.scheme == "tcp" and not _is_here(parts.hostname or ""):
        yield (
            f"CLAMD_URL leads to {parts.hostname}, and clamd speaks no TLS: give it a socket both can see, "
            "or a tunnel that begins on this machine."
        )


def _is_here(host: str) -> bool:
    return host in HERE or host.startswith("/")


def _words(url: str) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(url).query))
