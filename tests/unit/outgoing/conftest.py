"""Real servers on 127.0.0.1 for the outgoing client: an HTTP server that records, and a raw one that misbehaves."""

import datetime
import http.server
import ipaddress
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


@dataclass
class Seen:
    """One request as a server got it; header names in lower case."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes
    peer: tuple[str, int]


Answer = Callable[[Seen], tuple[int, dict[str, str], bytes]]


@dataclass
class RecordingServer:
    """A server whose answer a test sets; `seen` holds what reached it."""

    port: int
    seen: list[Seen] = field(default_factory=list)
    answer: Answer = lambda seen: (200, {}, b"ok")

    @property
    def host_port(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def url(self) -> str:
        return f"http://{self.host_port}"


@pytest.fixture
def start_server() -> Iterator[Callable[..., RecordingServer]]:
    """Start recording servers; all end with the test."""
    running: list[http.server.ThreadingHTTPServer] = []

    def start(*, context: ssl.SSLContext | None = None, family: socket.AddressFamily = socket.AF_INET) -> RecordingServer:
        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle_any(self) -> None:
                body = self.rfile.read(int(self.headers.get("content-length", 0)))
                headers = {name.lower(): value for name, value in self.headers.items()}
                recorder.seen.append(Seen(self.command, self.path, headers, body, self.client_address[:2]))
                status, answer_headers, answer_body = recorder.answer(recorder.seen[-1])
                self.send_response(status)
                for name, value in {"content-length": str(len(answer_body)), **answer_headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(answer_body)

            do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = do_OPTIONS = handle_any

            def log_message(self, *args: Any) -> None:
                """Say nothing."""

        class Server(http.server.ThreadingHTTPServer):
            address_family = family
            daemon_threads = True

            def handle_error(self, *args: Any) -> None:
                """A client that hangs up is part of these tests."""

        server = Server(("::1" if family == socket.AF_INET6 else "127.0.0.1", 0), Handler)
        if context is not None:
            server.socket = context.wrap_socket(server.socket, server_side=True)
        recorder = RecordingServer(server.server_address[1])
        running.append(server)
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return recorder

    yield start
    for server in running:
        server.shutdown()
        server.server_close()


@pytest.fixture
def server(start_server: Callable[..., RecordingServer]) -> RecordingServer:
    return start_server()


@pytest.fixture
def canary(start_server: Callable[..., RecordingServer]) -> RecordingServer:
    """A private server that nothing may reach."""
    return start_server()


@pytest.fixture
def start_raw() -> Iterator[Callable[[Callable[[socket.socket], None]], str]]:
    """Start a TCP server that runs a function on each connection after it read a request's head; gives `host:port`."""
    listeners: list[socket.socket] = []
    ending = threading.Event()

    def start(talk: Callable[[socket.socket], None]) -> str:
        listener = socket.create_server(("127.0.0.1", 0))
        listeners.append(listener)

        def serve_one(connection: socket.socket) -> None:
            with connection:
                try:
                    head = b""
                    while b"\r\n\r\n" not in head:
                        part = connection.recv(65536)
                        if not part:
                            return
                        head += part
                    talk(connection)
                except OSError:
                    return  # the client hung up, as it should

        def accept() -> None:
            while not ending.is_set():
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                threading.Thread(target=serve_one, args=(connection,), daemon=True).start()

        threading.Thread(target=accept, daemon=True).start()
        return f"127.0.0.1:{listener.getsockname()[1]}"

    yield start
    ending.set()
    for listener in listeners:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()


@dataclass
class Certified:
    """A server's TLS context, and the client's that trusts it."""

    server: ssl.SSLContext
    client: ssl.SSLContext


@pytest.fixture
def certify(tmp_path: Any) -> Callable[..., Certified]:
    """Make a certificate for a name (and addresses) that only the returned client context trusts."""

    def make(name: str, *addresses: str) -> Certified:
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        now = datetime.datetime.now(datetime.UTC)
        names = [x509.DNSName(name), *(x509.IPAddress(ipaddress.ip_address(address)) for address in addresses)]
        certificate = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(subject)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - datetime.timedelta(days=1))
            .not_valid_after(now + datetime.timedelta(days=1))
            .add_extension(x509.SubjectAlternativeName(names), critical=False)
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .sign(key, hashes.SHA256())
        )
        file = tmp_path / f"{name}.pem"
        pem = serialization.Encoding.PEM
        file.write_bytes(
            certificate.public_bytes(pem)
            + key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        )
        server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        server.load_cert_chain(file)
        client = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        client.load_verify_locations(file)
        return Certified(server, client)

    return make
