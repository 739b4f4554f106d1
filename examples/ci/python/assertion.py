"""An example of an application that makes client assertions, with cryptography."""

import base64
import json
import time
import uuid

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding


def encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def assertion(key, kid: str, client_id: str, token_url: str) -> str:
    """Makes a client assertion that lives four minutes."""
    now = int(time.time())
    header = {"alg": "RS384", "kid": kid, "typ": "JWT"}
    claims = {
        "iss": client_id,
        "sub": client_id,
        "aud": token_url,
        "iat": now,
        "exp": now + 240,
        "jti": str(uuid.uuid4()),
    }
    text = encode(json.dumps(header).encode()) + "." + encode(json.dumps(claims).encode())
    return text + "." + encode(key.sign(text.encode(), padding.PKCS1v15(), hashes.SHA384()))
