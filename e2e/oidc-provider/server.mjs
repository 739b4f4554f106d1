// A token server for the end-to-end test: oidc-provider with one client that
// authenticates with private_key_jwt and asks for client_credentials.
// Usage: PORT=… CLIENT_ID=… JWKS='{"keys": […]}' node server.mjs
// Prints "ready" when it listens. The reason of each refusal, which clients are
// not told, goes to stderr.
import Provider from 'oidc-provider'

const { PORT, CLIENT_ID, JWKS } = process.env
const issuer = `http://127.0.0.1:${PORT}`

// What is said on stdout is for the test alone; the library warns there.
console.info = console.warn = console.error

const provider = new Provider(issuer, {
  clients: [{
    client_id: CLIENT_ID,
    grant_types: ['client_credentials'],
    redirect_uris: [],
    response_types: [],
    token_endpoint_auth_method: 'private_key_jwt',
    token_endpoint_auth_signing_alg: 'RS256',
    jwks: JSON.parse(JWKS),
  }],
  clientAuthMethods: ['private_key_jwt', 'client_secret_basic', 'client_secret_post'],
  features: {
    clientCredentials: { enabled: true },
    devInteractions: { enabled: false },
  },
})

provider.on('grant.error', (ctx, err) => console.error(err.error_detail ?? err.error_description))
provider.on('server_error', (ctx, err) => console.error(err))

provider.listen(Number(PORT), '127.0.0.1', () => console.log('ready'))
