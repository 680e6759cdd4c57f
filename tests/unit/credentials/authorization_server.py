"""A real authorization server (Authlib on Flask) on 127.0.0.1, with everything in memory.

It knows one client, grants authorization codes (PKCE required), client credentials and refresh tokens, and rotates refresh
tokens: an old one is refused, as strict providers do.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.oauth2.rfc6749 import ClientMixin, TokenMixin, grants
from authlib.oauth2.rfc7636 import CodeChallenge
from flask import Flask, request
from werkzeug.serving import make_server

USER = SimpleNamespace(get_user_id=lambda: "ann", id="ann")


class Client(ClientMixin):
    client_id = "client-1"
    client_secret = "client-secret-0123456789"
    redirect_uri = "https://api.example.com/v1/oauth/callback"

    def get_client_id(self) -> str:
        return self.client_id

    def get_default_redirect_uri(self) -> str | None:
        return None

    def get_allowed_scope(self, scope: str) -> str:
        return scope or "default"

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        return redirect_uri == self.redirect_uri

    def check_client_secret(self, client_secret: str) -> bool:
        return client_secret == self.client_secret

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return method in ("client_secret_basic", "client_secret_post")

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        return True


@dataclass
class Token(TokenMixin):
    refresh_token: str
    scope: str
    revoked: bool = False

    def check_client(self, client: Any) -> bool:
        return True

    def get_scope(self) -> str:
        return self.scope


@dataclass
class Running:
    """The server under test.

    Args:
        url: its origin.
        issued: every token answer, in order.
        requests: form fields of every token request.
        lifetime: ``expires_in`` of the tokens to come.
        delay: seconds that each token request takes.
    """

    url: str
    issued: list[dict[str, Any]] = field(default_factory=list)
    requests: list[dict[str, str]] = field(default_factory=list)
    lifetime: int = 3600
    gate: threading.Event | None = None

    @property
    def authorize_url(self) -> str:
        return f"{self.url}/authorize"

    @property
    def token_url(self) -> str:
        return f"{self.url}/token"


@contextmanager
def running(port: int = 0, redirect_uri: str = Client.redirect_uri) -> Iterator[Running]:
    """Serve until the block ends, for a client with that redirect URI."""
    client = Client()
    client.redirect_uri = redirect_uri
    app = Flask(__name__)
    app.config["OAUTH2_REFRESH_TOKEN_GENERATOR"] = True
    http = make_server("127.0.0.1", port, app, threaded=True)
    state = Running(f"http://127.0.0.1:{http.server_port}")
    codes: dict[str, Any] = {}
    tokens: dict[str, Token] = {}

    def save_token(token: dict[str, Any], oauth_request: Any) -> None:
        token["expires_in"] = state.lifetime
        state.issued.append(token)
        if "refresh_token" in token:
            tokens[token["refresh_token"]] = Token(token["refresh_token"], token.get("scope", ""))

    class CodeGrant(grants.AuthorizationCodeGrant):  # type: ignore[misc]  # authlib has no types
        TOKEN_ENDPOINT_AUTH_METHODS = ["client_secret_basic", "client_secret_post"]

        def save_authorization_code(self, code: str, oauth_request: Any) -> None:
            payload = oauth_request.payload
            codes[code] = SimpleNamespace(
                code=code,
                redirect_uri=payload.redirect_uri,
                scope=payload.scope or "",
                code_challenge=payload.data.get("code_challenge"),
                code_challenge_method=payload.data.get("code_challenge_method"),
                get_redirect_uri=lambda: payload.redirect_uri,
                get_scope=lambda: payload.scope or "",
            )

        def query_authorization_code(self, code: str, client: Any) -> Any:
            return codes.get(code)

        def delete_authorization_code(self, authorization_code: Any) -> None:
            codes.pop(authorization_code.code, None)

        def authenticate_user(self, authorization_code: Any) -> Any:
            return USER

    class RefreshGrant(grants.RefreshTokenGrant):  # type: ignore[misc]  # authlib has no types
        TOKEN_ENDPOINT_AUTH_METHODS = ["client_secret_basic", "client_secret_post"]
        INCLUDE_NEW_REFRESH_TOKEN = True

        def authenticate_refresh_token(self, refresh_token: str) -> Any:
            found = tokens.get(refresh_token)
            return found if found and not found.revoked else None

        def authenticate_user(self, refresh_token: Any) -> Any:
            return USER

        def revoke_old_credential(self, refresh_token: Token) -> None:
            refresh_token.revoked = True

    class MachineGrant(grants.ClientCredentialsGrant):  # type: ignore[misc]  # authlib has no types
        TOKEN_ENDPOINT_AUTH_METHODS = ["client_secret_basic", "client_secret_post"]

    server = AuthorizationServer(
        app, query_client=lambda name: client if name == Client.client_id else None, save_token=save_token
    )
    server.register_grant(CodeGrant, [CodeChallenge(required=True)])
    server.register_grant(RefreshGrant)
    server.register_grant(MachineGrant)

    @app.get("/authorize")
    def authorize() -> Any:
        return server.create_authorization_response(grant_user=USER, grant=server.get_consent_grant(end_user=USER))

    @app.post("/token")
    def token() -> Any:
        state.requests.append(request.form.to_dict())
        if state.gate is not None:
            state.gate.wait(10)
        return server.create_token_response()

    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield state
    finally:
        http.shutdown()
        thread.join()
        http.server_close()
