// Asks a token endpoint for a token the way an application would: discovery,
// private_key_jwt, client_credentials. Usage: client.mjs ISSUER CLIENT_ID KEY.pem ALG KID [audience]
// Prints one JSON object: {"token_type": …} or {"error": …, "error_description": …}.
import { createPrivateKey, webcrypto } from 'node:crypto'
import { readFileSync } from 'node:fs'
import * as oauth from 'oauth4webapi'

const [issuer, clientId, keyFile, alg, kid, audience] = process.argv.slice(2)
const insecure = { [oauth.allowInsecureRequests]: true }

try {
  const der = createPrivateKey(readFileSync(keyFile)).export({ type: 'pkcs8', format: 'der' })
  const key = await webcrypto.subtle.importKey('pkcs8', der, { name: 'RSASSA-PKCS1-v1_5', hash: `SHA-${alg.slice(2)}` }, false, ['sign'])
  const auth = oauth.PrivateKeyJwt({ key, kid }, {
    [oauth.modifyAssertion]: (header, payload) => {
      header.typ = 'JWT'
      if (audience) payload.aud = audience
    },
  })
  const url = new URL(issuer)
  const as = await oauth.processDiscoveryResponse(url, await oauth.discoveryRequest(url, { algorithm: 'oauth2', ...insecure }))
  const client = { client_id: clientId }
  const response = await oauth.clientCredentialsGrantRequest(as, client, auth, {}, insecure)
  const tokens = await oauth.processClientCredentialsResponse(as, client, response)
  console.log(JSON.stringify({ token_type: tokens.token_type, expires_in: tokens.expires_in }))
} catch (err) {
  console.log(JSON.stringify({ error: err.error ?? err.code ?? String(err), error_description: err.error_description ?? err.message }))
}
