"""A body of which only the beginning is wanted."""

import gzip

from flows.outgoing import OutgoingClient, Request


def test_a_larger_body_is_cut_and_its_connection_is_not_used_again(start_server):
    server = start_server()
    server.answer = lambda seen: (200, {}, b"x" * 5_000_000)
    client = OutgoingClient(frozenset({server.host_port}))

    answers = [client.send(Request("POST", server.url, max_bytes=100, cut_body=True)) for _ in range(2)]

    assert [answer.body for answer in answers] == [b"x" * 100] * 2
    assert len({seen.peer for seen in server.seen}) == 2


def test_a_body_that_fits_is_whole(start_server):
    server = start_server()
    server.answer = lambda seen: (200, {}, b"x" * 100)
    client = OutgoingClient(frozenset({server.host_port}))

    assert client.send(Request("POST", server.url, max_bytes=100, cut_body=True)).body == b"x" * 100


def test_a_compressed_bomb_is_cut_too(start_server):
    server = start_server()
    server.answer = lambda seen: (200, {"content-encoding": "gzip"}, gzip.compress(b"x" * 50_000_000))
    client = OutgoingClient(frozenset({server.host_port}))

    assert client.send(Request("POST", server.url, max_bytes=100, cut_body=True)).body == b"x" * 100
