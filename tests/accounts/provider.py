"""An OpenID Connect provider, on loopback: discovery, authorize, token (RS256), keys, userinfo.

with Provider() as provider:
    provider.person = {"sub": "1", "email": …}      what it says of whoever comes
    provider.change = lambda claims: {**claims, "aud": "another"}      how it lies in the ID token
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT, SECRET = "alongside", "a secret between the two"


class Provider:
    def __init__(self) -> None:
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.signing_key = self.key
        self.person: dict[str, Any] = {}
        self.about: dict[str, Any] | None = None  # what userinfo says, where that is something else
        self.change: Callable[[dict], dict] = dict
        self.headers: dict[str, Any] = {"kid": "one"}
        self.algorithm = "RS256"
        self.given: dict[str, dict[str, str]] = {}  # code → what was asked for
        self.asked: list[str] = []

    def __enter__(self) -> Provider:
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                provider.get(self)

            def do_POST(self) -> None:
                provider.post(self)

            def log_message(self, *args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.issuer = f"http://127.0.0.1:{self.server.server_port}"
        self.says_issuer = self.issuer
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    def get(self, request: BaseHTTPRequestHandler) -> None:
        url = urlsplit(request.path)
        self.asked.append(url.path)
        asked = {name: values[0] for name, values in parse_qs(url.query).items()}
        if url.path == "/.well-known/openid-configuration":
            self.say(request, 200, self.configuration())
        elif url.path == "/authorize":
            code = secrets.token_urlsafe(8)
            self.given[code] = asked
            back = urlencode({"code": code, "state": asked["state"]})
            request.send_response(302)
            request.send_header("Location", f"{asked['redirect_uri']}?{back}")
            request.end_headers()
        elif url.path == "/keys":
            public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self.key.public_key()))
            self.say(request, 200, {"keys": [{**public, "kid": "one", "use": "sig", "alg": "RS256"}]})
        elif url.path == "/userinfo" and request.headers["Authorization"] == "Bearer let me ask":
            self.say(request, 200, self.about or self.person)
        else:
            self.say(request, 404, {})

    def post(self, request: BaseHTTPRequestHandler) -> None:
        self.asked.append("/token")
        body = request.rfile.read(int(request.headers["Content-Length"])).decode()
        sent = {name: values[0] for name, values in parse_qs(body).items()}
        asked = self.given.pop(sent.get("code", ""), None)  # a code counts once
        proof = base64.urlsafe_b64encode(hashlib.sha256(sent.get("code_verifier", "").encode()).digest())
        if (
            asked is None
            or (sent.get("client_id"), sent.get("client_secret")) != (CLIENT, SECRET)
            or proof.rstrip(b"=").decode() != asked["code_challenge"]
            or sent.get("redirect_uri") != asked["redirect_uri"]
        ):
            self.say(request, 400, {"error": "invalid_grant"})
            return
        now = int(time.time())
        claims = {
            "iss": self.issuer,
            "aud": CLIENT,
            "iat": now,
            "exp": now + 300,
            "nonce": asked["nonce"],
            **self.person,
        }
        token = jwt.encode(self.change(claims), self.signing_key, algorithm=self.algorithm, headers=self.headers)
        self.say(request, 200, {"access_token": "let me ask", "token_type": "Bearer", "id_token": token})

    def configuration(self) -> dict[str, Any]:
        return {
            "issuer": self.says_issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "userinfo_endpoint": f"{self.issuer}/userinfo",
            "token_endpoint_auth_methods_supported": ["client_secret_post"],
        }

    @staticmethod
    def say(request: BaseHTTPRequestHandler, status: int, what: dict[str, Any]) -> None:
        body = json.dumps(what).encode()
        request.send_response(status)
        request.send_header("Content-Type", "application/json")
        request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        request.wfile.write(body)
