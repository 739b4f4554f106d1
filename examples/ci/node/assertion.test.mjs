// The assertions that the tests make go into a file, for jwtdoctor to check:
//
//   ASSERTIONS=build node --test && jwtdoctor check --now now --lines --jwks build/jwks.json build/assertions.txt
import test from "node:test";
import assert from "node:assert";
import { generateKeyPairSync } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { assertion } from "./assertion.mjs";

test("assertions", () => {
  const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const made = [1, 2, 3].map(() =>
    assertion(privateKey, "k1", "my-client", "https://api.redoxengine.com/v2/auth/token"),
  );
  assert.equal(new Set(made).size, 3);
  const dir = process.env.ASSERTIONS;
  if (!dir) return;
  const key = { ...publicKey.export({ format: "jwk" }), kid: "k1", use: "sig", alg: "RS384" };
  mkdirSync(dir, { recursive: true });
  writeFileSync(join(dir, "assertions.txt"), made.join("\n") + "\n");
  writeFileSync(join(dir, "jwks.json"), JSON.stringify({ keys: [key] }));
});
