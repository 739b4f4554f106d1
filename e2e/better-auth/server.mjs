// A token server for the end-to-end tests: Better Auth's OAuth provider with one
// client that authenticates with private_key_jwt and asks for client_credentials.
// Usage: PORT=… CLIENT_ID=… JWKS='{"keys": […]}' node server.mjs
// Prints "ready" when it listens. What the library logs goes to stderr.
import { createServer } from 'node:http'
import { betterAuth } from 'better-auth'
import { memoryAdapter } from 'better-auth/adapters/memory'
import { toNodeHandler } from 'better-auth/node'
import { jwt } from 'better-auth/plugins'
import { oauthProvider } from '@better-auth/oauth-provider'

const { PORT, CLIENT_ID, JWKS } = process.env

const now = new Date()
const tables = {
  user: [], session: [], account: [], verification: [], jwks: [], rateLimit: [],
  oauthResource: [], oauthClientResource: [], oauthRefreshToken: [], oauthAccessToken: [], oauthConsent: [], oauthClientAssertion: [],
  oauthClient: [{
    id: 'client-1', clientId: CLIENT_ID, tokenEndpointAuthMethod: 'private_key_jwt', jwks: JWKS, grantTypes: ['client_credentials'],
    scopes: ['read'], clientCredentialsScopes: ['read'], redirectUris: ['https://app.example/cb'], disabled: false, createdAt: now, updatedAt: now,
  }],
}

// What databases refuse and the one in memory does not: a second row of one ID.
function unique(adapter) {
  return (options) => {
    const inner = adapter(options)
    return {
      ...inner,
      async create(row) {
        if (row.model === 'oauthClientAssertion' && tables.oauthClientAssertion.some(({ id }) => id === row.data.id)) throw new Error('the ID is taken')
        return inner.create(row)
      },
    }
  }
}

const auth = betterAuth({
  baseURL: `http://127.0.0.1:${PORT}`,
  secret: 'for this one run and nothing else 0123456789',
  database: unique(memoryAdapter(tables)),
  logger: { log: (level, ...rest) => console.error(level, ...rest) },
  telemetry: { enabled: false },
  rateLimit: { enabled: false },
  plugins: [
    jwt({ disableSettingJwtHeader: true }),
    oauthProvider({ loginPage: '/login', consentPage: '/consent', scopes: ['read'], silenceWarnings: { oauthAuthServerConfig: true, openidConfig: true } }),
  ],
})

createServer(toNodeHandler(auth)).listen(Number(PORT), '127.0.0.1', () => console.log('ready'))
