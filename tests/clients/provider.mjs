// An OpenID-certified provider, at which anybody signs in by any name: node provider.mjs PORT ISSUER_OF_THE_CLIENT CODE
import { generateKeyPairSync } from "node:crypto";
import Provider from "oidc-provider";

const [port, system, code] = process.argv.slice(2);
const federation = `${system}/access/v1/federation/${code}`;
const key = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey.export({ format: "jwk" });
const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: [{
    client_id: "escm",
    redirect_uris: [`${federation}/callback`],
    response_types: ["code"],
    grant_types: ["authorization_code"],
    token_endpoint_auth_method: "private_key_jwt",
    token_endpoint_auth_signing_alg: "ES256",
    id_token_signed_response_alg: "ES256",
    jwks_uri: `${system}/.well-known/jwks.json`,
    backchannel_logout_uri: `${federation}/backchannel_logout`,
    backchannel_logout_session_required: true,
  }],
  jwks: { keys: [{ ...key, alg: "ES256", use: "sig", kid: "first" }] },
  enabledJWA: { idTokenSigningAlgValues: ["ES256"], clientAuthSigningAlgValues: ["ES256"] },
  claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name"] },
  conformIdTokenClaims: false,
  features: { backchannelLogout: { enabled: true }, devInteractions: { enabled: true } },
  pkce: { required: () => true },
  cookies: { keys: ["a key of the tests"] },
  fetch: (address, options) => fetch(address, { ...options, dispatcher: undefined }), // which refuses loopback
  findAccount: (_, id) => ({
    accountId: id,
    claims: () => ({ sub: id, email: `${id}@example.org`, email_verified: true, name: `Person ${id}` }),
  }),
});
provider.on("server_error", (_, error) => console.error(error));
provider.listen(Number(port), "127.0.0.1", () => console.log("listening"));
