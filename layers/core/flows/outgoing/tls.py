"""The TLS settings of outgoing connections, from nothing but this code: no environment variable changes them."""

import ssl
from functools import cache

from flows.outgoing.sockets import TlsSocket


@cache
def default_context() -> ssl.SSLContext:
    """Certificates and names verified against certifi's authorities; TLS 1.2 or newer.

    `ssl.create_default_context` is not used: it follows SSL_CERT_FILE, SSL_CERT_DIR and SSLKEYLOGFILE.
    """
    import certifi

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_verify_locations(certifi.where())
    return with_limits(context)


def with_limits(context: ssl.SSLContext) -> ssl.SSLContext:
    """Make `context` wrap sockets so that they keep the request's limits."""
    context.sslsocket_class = TlsSocket
    context.set_alpn_protocols(["http/1.1"])
    return context
