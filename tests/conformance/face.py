"""Points other people's checkers at a served sandbox: its DNS, and its HTTPS port for every host.

The environment has DNS_PORT, HTTPS_PORT, and in CA the file with the sandbox's own root. It has to be
imported before anything that makes a TLS context.
"""

import os
import socket

HERE = "127.0.0.1"
DNS_PORT = int(os.environ["DNS_PORT"])
HTTPS_PORT = int(os.environ["HTTPS_PORT"])
os.environ["SSL_CERT_FILE"] = os.environ["REQUESTS_CA_BUNDLE"] = os.environ["CA"]

import aiodns
import aiohttp.abc
import aiohttp.connector
import dns.nameserver
import dns.resolver

NAMESERVERS = [dns.nameserver.Do53Nameserver(HERE, DNS_PORT)]

resolver = dns.resolver.Resolver(configure=False)
resolver.nameservers = list(NAMESERVERS)


def check_is_a_host(name):
    """A name without an address is not found, as it would be anywhere."""
    try:
        resolver.resolve(name, "A")
    except dns.exception.DNSException as error:
        raise socket.gaierror(socket.EAI_NONAME, f"{name}: {error}") from error


def getaddrinfo(host, port, *arguments, **options):
    """Every host that the sandbox's DNS knows is at its HTTPS port; other ports are no one's."""
    if host == HERE:
        return system_getaddrinfo(host, port, *arguments, **options)
    assert port in (443, "https"), (host, port)
    check_is_a_host(host)
    return system_getaddrinfo(HERE, HTTPS_PORT, *arguments, **options)


system_getaddrinfo = socket.getaddrinfo
socket.getaddrinfo = getaddrinfo


class AtTheFace(aiohttp.abc.AbstractResolver):
    """The same for aiohttp."""

    def __init__(self, loop=None):
        """What makes one names its loop."""

    async def resolve(self, host, port=0, family=socket.AF_INET):
        check_is_a_host(host)
        return [
            {
                "hostname": host,
                "host": HERE,
                "port": HTTPS_PORT,
                "family": socket.AF_INET,
                "proto": 0,
                "flags": 0,
            }
        ]

    async def close(self):
        pass


aiohttp.connector.DefaultResolver = AtTheFace


def asynchronous_resolver(**options):
    return aiodns.DNSResolver(
        nameservers=[HERE], udp_port=DNS_PORT, tcp_port=DNS_PORT, **options
    )
