// An example of an application that makes client assertions, without dependencies.
import { createSign, randomUUID } from "node:crypto";

const part = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");

/** Makes a client assertion that lives four minutes. */
export function assertion(privateKey, kid, clientId, tokenUrl, now = Date.now()) {
  const iat = Math.floor(now / 1000);
  const text =
    part({ alg: "RS384", kid, typ: "JWT" }) +
    "." +
    part({ iss: clientId, sub: clientId, aud: tokenUrl, iat, exp: iat + 240, jti: randomUUID() });
  return text + "." + createSign("RSA-SHA384").update(text).sign(privateKey, "base64url");
}
