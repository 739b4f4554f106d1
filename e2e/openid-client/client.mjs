// Asks a token endpoint for a token the way an application would: discovery,
// private_key_jwt, client_credentials. Usage: client.mjs ISSUER CLIENT_ID KEY.pem ALG KID [audience]
// Prints one JSON object: {"token_type": …} or {"error": …, "error_description": …}.
import { readFileSync } from 'node:fs'
import * as oidc from 'openid-client'
import { importPKCS8 } from 'jose'

const [issuer, clientId, keyFile, alg, kid, audience] = process.argv.slice(2)

try {
  const key = await importPKCS8(readFileSync(keyFile, 'utf8'), alg)
  const auth = oidc.PrivateKeyJwt({ key, kid }, {
    [oidc.modifyAssertion]: (header, payload) => {
      header.typ = 'JWT'
      if (audience) payload.aud = audience
    },
  })
  const config = await oidc.discovery(new URL(issuer), clientId, undefined, auth, {
    execute: [oidc.allowInsecureRequests],
    algorithm: 'oauth2',
  })
  const tokens = await oidc.clientCredentialsGrant(config, {})
  console.log(JSON.stringify({ token_type: tokens.token_type, expires_in: tokens.expires_in }))
} catch (err) {
  const cause = err.cause ?? err
  console.log(JSON.stringify({ error: err.error ?? cause.error ?? err.code ?? String(err), error_description: err.error_description ?? cause.error_description ?? err.message }))
}
