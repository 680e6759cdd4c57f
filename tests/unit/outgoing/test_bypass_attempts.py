"""A table of ways around the guard, each tried against a real server on 127.0.0.1 that must not be reached."""

import socket
from typing import Any

import pytest
from flows.outgoing import BLOCKED_MESSAGE, OutgoingClient, OutgoingError, Request

# {port} is the canary's. Names are answered by `names` below.
NOTATIONS = [
    "http://127.0.0.1:{port}/",
    "http://127.1:{port}/",
    "http://127.0.1:{port}/",
    "http://0:{port}/",
    "http://0.0.0.0:{port}/",
    "http://2130706433:{port}/",
    "http://017700000001:{port}/",
    "http://0x7f000001:{port}/",
    "http://0x7f.1:{port}/",
    "http://0177.0.0.1:{port}/",
    "http://0177.0x0.0.1:{port}/",
    "http://127.0.0.1.:{port}/",
    "http://127.255.255.254:{port}/",
    "HTTP://127.0.0.1:{port}/",
    "http://１２７.０.０.１:{port}/",  # fullwidth digits
    "http://127。0。0。1:{port}/",  # ideographic full stops
    "http://①②⑦.⓪.⓪.①:{port}/",
    "http://localhost:{port}/",
    "http://LOCALHOST:{port}/",
    "http://localhost.:{port}/",
    "http://ｌocalhost:{port}/",
    "http://ⓛⓞⓒⓐⓛⓗⓞⓢⓣ:{port}/",
    "http://api.localhost:{port}/",
    "http://localhost.localdomain:{port}/",
    "http://printer.local:{port}/",
    "http://metadata.google.internal:{port}/",
    "http://intranet:{port}/",
    "http://[::1]:{port}/",
    "http://[::]:{port}/",
    "http://[0:0:0:0:0:0:0:1]:{port}/",
    "http://[::ffff:127.0.0.1]:{port}/",
    "http://[::ffff:7f00:1]:{port}/",
    "http://[::127.0.0.1]:{port}/",
    "http://[64:ff9b::127.0.0.1]:{port}/",
    "http://[64:ff9b:1::127.0.0.1]:{port}/",
    "http://[2002:7f00:1::]:{port}/",
    "http://[2001:0:4136:e378:8000:63bf:80ff:fffe]:{port}/",  # Teredo of 127.0.0.1
    "http://[fe80::1]:{port}/",
    "http://[fec0::1]:{port}/",
    "http://[fc00::1]:{port}/",
    "http://[ff02::1]:{port}/",
    "http://[fd00:ec2::254]:{port}/",
    "http://loopback.example.com:{port}/",
    "http://loopback6.example.com:{port}/",
    "http://mapped.example.com:{port}/",
    "http://one-bad-of-many.example.com:{port}/",
    "http://LOOPBACK.example.com.:{port}/",
    "http://metadata.example.com/latest/meta-data/",
    "http://scoped.example.com:{port}/",
    "http://169.254.169.254/latest/meta-data/",
    "http://169.254.170.2/v2/credentials",
    "http://[::ffff:169.254.169.254]/latest/meta-data/",
    "http://100.64.0.1/",
    "http://100.100.100.200/",
    "http://10.0.0.1/",
    "http://172.31.255.255/",
    "http://192.168.1.1/",
    "http://192.0.0.192/",
    "http://192.88.99.1/",
    "http://198.18.0.1/",
    "http://168.63.129.16/",
    "http://224.0.0.1/",
    "http://255.255.255.255/",
    "http://127.0.0.1:9001/2018-06-01/runtime/invocation/next",
    "http://public.example.com:22/",
    "http://public.example.com:25/",
    "http://public.example.com:6379/",
    "http://public.example.com:11211/",
]

UNREADABLE = [
    "",
    "127.0.0.1:{port}",
    "//127.0.0.1:{port}/",
    "http:127.0.0.1:{port}/",
    "http:///127.0.0.1:{port}/",
    "http://",
    "http://:{port}/",
    "file:///etc/passwd",
    "gopher://127.0.0.1:{port}/_GET",
    "ftp://127.0.0.1:{port}/",
    "data:text/plain,hello",
    "javascript:alert(1)",
    "http+unix://%2Fvar%2Frun%2Fdocker.sock/",
    "http://public.example.com@127.0.0.1:{port}/",
    "http://user:word@public.example.com/",
    "http://public.example.com\\@127.0.0.1:{port}/",
    "http://127.0.0.1:{port}\\.public.example.com/",
    "http:\\\\127.0.0.1:{port}/",
    "http://127.0.0.1:{port}#@public.example.com:80:80@/\x00",
    "http://public.example.com\x00.127.0.0.1:{port}/",
    "http://127.0.0.1%00:{port}/",
    "http://%31%32%37.0.0.1:{port}/",
    "http://127.0.0.1 :{port}/",
    " http://127.0.0.1:{port}/",
    "http://127.0.0.1:{port}/\r\nX-Injected: 1",
    "http://127.0.0.1:{port}/\tx",
    "http://127.0.0.1\u200b:{port}/",
    "http://[127.0.0.1]:{port}/",
    "http://[::1%25lo]:{port}/",
    "http://[::1:{port}/",
    "http://::1:{port}/",
    "http://127.0.0.1:{port}:80/",
    "http://127.0.0.1:-{port}/",
    "http://127.0.0.1:６０/",
    "http://127.0.0.1:0{port}/",
    "http://127.0.0.1:99999/",
    "http://127.0.0.1:0/",
    "http://256.256.256.256/",
    "http://1.2.3.4.5/",
    "http://08.0.0.1/",
    "http://4294967296/",
    "http://0x100000000/",
    "http://a..example.com/",
    "http://-a.example.com/",
    "http://xn--.\u00ad/",
    "http://example.com/\ud800",
    "http://example.com/" + "a" * 9000,
]

names = {
    "loopback.example.com": ["127.0.0.1"],
    "loopback6.example.com": ["::1"],
    "mapped.example.com": ["::ffff:127.0.0.1"],
    "one-bad-of-many.example.com": ["93.184.216.34", "2606:2800:220:1::1", "127.0.0.1"],
    "metadata.example.com": ["169.254.169.254"],
    "scoped.example.com": ["fe80::1%lo"],
    "localhost.localdomain": ["127.0.0.1"],
    "public.example.com": ["93.184.216.34"],
}


def resolver(host: str, port: int, **_: Any) -> list[Any]:
    """As getaddrinfo, from the table above."""
    if host not in names:
        raise socket.gaierror(socket.EAI_NONAME, "unknown")
    return [(socket.AF_INET6 if ":" in text else socket.AF_INET, socket.SOCK_STREAM, 6, "", (text, port)) for text in names[host]]


@pytest.mark.parametrize("url", NOTATIONS)
def test_a_private_target_is_refused_with_the_same_text_in_every_notation(url: str, canary: Any) -> None:
    client = OutgoingClient(resolver=resolver)

    with pytest.raises(OutgoingError) as caught:
        client.send(Request("GET", url.format(port=canary.port), timeout_seconds=2))

    assert (caught.value.kind, caught.value.message) == ("blocked", BLOCKED_MESSAGE)
    assert not caught.value.retryable
    assert canary.seen == []


@pytest.mark.parametrize("url", NOTATIONS)
def test_a_private_target_is_refused_after_a_redirect(url: str, server: Any, canary: Any) -> None:
    target = url.format(port=canary.port)
    server.answer = lambda seen: (302, {"location": target.encode().decode("latin-1")}, b"")
    client = OutgoingClient(frozenset({server.host_port}), resolver=resolver)

    with pytest.raises(OutgoingError) as caught:
        client.send(Request("GET", server.url, follow_redirects=True, timeout_seconds=2))

    assert (caught.value.kind, caught.value.message) == ("blocked", BLOCKED_MESSAGE)
    assert canary.seen == []


@pytest.mark.parametrize("url", UNREADABLE)
def test_an_ambiguous_url_is_refused_before_anything_is_sent(url: str, canary: Any) -> None:
    client = OutgoingClient(frozenset({canary.host_port}), resolver=resolver)

    with pytest.raises(OutgoingError) as caught:
        client.send(Request("GET", url.format(port=canary.port), timeout_seconds=2))

    assert caught.value.kind == "invalid_url"
    assert canary.seen == []


@pytest.mark.parametrize("location", ["//127.0.0.1:{port}/", "\\\\127.0.0.1:{port}/", "http:\\\\127.0.0.1:{port}"])
def test_a_relative_redirect_does_not_lead_to_a_private_host(location: str, server: Any, canary: Any) -> None:
    server.answer = lambda seen: (302, {"location": location.format(port=canary.port)}, b"")
    client = OutgoingClient(frozenset({server.host_port}))

    with pytest.raises(OutgoingError):
        client.send(Request("GET", server.url, follow_redirects=True))

    assert canary.seen == []


def test_a_name_that_changes_its_address_is_asked_once_and_connected_to_as_judged(server: Any, canary: Any) -> None:
    answers = ["93.184.216.34", "127.0.0.1", "127.0.0.1"]
    asked = []

    def rebinding(host: str, port: int, **_: Any) -> list[Any]:
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (answers[len(asked) - 1], port))]

    client = OutgoingClient(resolver=rebinding)

    with pytest.raises(OutgoingError):  # the public address cannot be reached from here
        client.send(Request("GET", f"http://rebind.example.com:{canary.port}/", timeout_seconds=0.3))
    with pytest.raises(OutgoingError) as second:
        client.send(Request("GET", f"http://rebind.example.com:{canary.port}/", timeout_seconds=0.3))

    assert asked == ["rebind.example.com"] * 2
    assert second.value.kind == "blocked"
    assert canary.seen == []


def test_an_open_connection_is_not_used_when_the_name_now_has_another_address(server: Any) -> None:
    answers = iter(["127.0.0.1", "169.254.169.254"])

    def changing(host: str, port: int, **_: Any) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (next(answers), port))]

    client = OutgoingClient(frozenset({f"intranet.example.com:{server.port}"}), resolver=changing)
    request = Request("GET", f"http://intranet.example.com:{server.port}/")

    assert client.send(request).status_code == 200
    with pytest.raises(OutgoingError) as caught:
        client.send(request)

    assert caught.value.kind == "blocked"
    assert len(server.seen) == 1


def test_no_answer_of_the_resolver_is_not_permission(canary: Any) -> None:
    client = OutgoingClient(resolver=lambda *args, **kwargs: [])

    with pytest.raises(OutgoingError) as caught:
        client.send(Request("GET", f"http://empty.example.com:{canary.port}/"))

    assert caught.value.kind == "dns"


@pytest.mark.parametrize(
    ("code", "retryable"), [(socket.EAI_NONAME, False), (socket.EAI_AGAIN, True)], ids=["unknown", "temporary"]
)
def test_a_name_that_cannot_be_resolved_says_so(code: int, retryable: bool) -> None:
    def failing(*args: Any, **kwargs: Any) -> list[Any]:
        raise socket.gaierror(code, "no")

    with pytest.raises(OutgoingError) as caught:
        OutgoingClient(resolver=failing).send(Request("GET", "https://unknown.example.com/"))

    assert (caught.value.kind, caught.value.retryable) == ("dns", retryable)
