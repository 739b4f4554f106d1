"""The assertions that the tests make go into a file, for jwtdoctor to check:

ASSERTIONS=build python -m unittest && jwtdoctor check --now now --lines --jwks build/jwks.json build/assertions.txt
"""

import json
import os
import unittest

from cryptography.hazmat.primitives.asymmetric import rsa

from assertion import assertion, encode


def number(n: int) -> str:
    return encode(n.to_bytes((n.bit_length() + 7) // 8, "big"))


class AssertionTest(unittest.TestCase):
    def test_assertions(self):
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        made = [
            assertion(key, "k1", "my-client", "https://api.redoxengine.com/v2/auth/token")
            for _ in range(3)
        ]
        self.assertEqual(len(set(made)), 3)
        directory = os.environ.get("ASSERTIONS")
        if not directory:
            return
        public = key.public_key().public_numbers()
        jwk = {"kty": "RSA", "kid": "k1", "use": "sig", "alg": "RS384", "n": number(public.n), "e": number(public.e)}
        os.makedirs(directory, exist_ok=True)
        with open(os.path.join(directory, "assertions.txt"), "w") as f:
            f.write("\n".join(made) + "\n")
        with open(os.path.join(directory, "jwks.json"), "w") as f:
            json.dump({"keys": [jwk]}, f)
