import * as oauth from "oauth4webapi";
import * as openid from "openid-client";

declare const process: { argv: string[] };

// as in docs/tutorials/frontends.md
interface Started { address: URL; verifier: string; state: string; nonce: string }

async function start(server: oauth.AuthorizationServer, clientId: string, back: string): Promise<Started> {
  const verifier = oauth.generateRandomCodeVerifier();
  const [state, nonce] = [oauth.generateRandomState(), oauth.generateRandomNonce()];
  const address = new URL(server.authorization_endpoint!);
  address.search = new URLSearchParams({
    client_id: clientId, redirect_uri: back, response_type: "code", scope: "openid", state, nonce,
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier), code_challenge_method: "S256",
  }).toString();
  return { address, verifier, state, nonce };
}

async function finish(
  server: oauth.AuthorizationServer, client: oauth.Client, back: string, started: Started, arrived: URL, insecure = {},
): Promise<oauth.TokenEndpointResponse> {
  const answer = oauth.validateAuthResponse(server, client, arrived, started.state);
  const response = await oauth.authorizationCodeGrantRequest(
    server, client, oauth.None(), answer, back, started.verifier, insecure,
  );
  const expected = { expectedNonce: started.nonce, requireIdToken: true };
  return oauth.processAuthorizationCodeResponse(server, client, response, expected);
}
// until here

const [base, clientId, email, password] = process.argv.slice(2) as [string, string, string, string];
const back = "http://127.0.0.1:5173/callback";
const insecure = { [oauth.allowInsecureRequests]: true };
let cookie = "";

function check(holds: boolean, what: string): void {
  if (!holds) throw new Error(what);
}

async function browse(address: string, form?: Record<string, string>): Promise<Response> {
  const response = await fetch(new URL(address, base), {
    redirect: "manual",
    headers: { accept: "text/html", ...(cookie ? { cookie } : {}) },
    ...(form ? { method: "POST", body: new URLSearchParams(form) } : {}),
  });
  for (const line of response.headers.getSetCookie()) cookie = line.split(";")[0]!;
  const next = response.headers.get("location");
  return next?.startsWith("/") ? browse(next) : response;
}

/** Where a person arrives who signs in, where they are asked to, and consents. */
async function walk(address: URL): Promise<URL> {
  let response = await browse(address.href);
  for (let page = 0; page < 2 && response.status === 200; page++) {
    const html = await response.text();
    const action = /<form[^>]* action="([^"]+)"/.exec(html)![1]!.replaceAll("&amp;", "&");
    const token = /name="token" value="([0-9a-f]+)"/.exec(html)![1]!;
    const isSignIn = html.includes('name="password"');
    const filled: Record<string, string> = isSignIn ? { username: email, password } : { decision: "allow" };
    response = await browse(action, { token, ...filled });
  }
  return new URL(response.headers.get("location")!);
}

async function withOauth4webapi(): Promise<void> {
  const issuer = new URL(base);
  const found = await oauth.discoveryRequest(issuer, insecure);
  const server = await oauth.processDiscoveryResponse(issuer, found);
  const byName = await oauth.discoveryRequest(issuer, { ...insecure, algorithm: "oauth2" });
  check((await oauth.processDiscoveryResponse(issuer, byName)).token_endpoint === server.token_endpoint, "metadata");
  const client: oauth.Client = { client_id: clientId };
  const started = await start(server, clientId, back);
  const tokens = await finish(server, client, back, started, await walk(started.address), insecure);
  const claims = oauth.getValidatedIdTokenClaims(tokens)!;
  check(typeof claims.auth_time === "number" && claims["acr"] === "1", "claims");
  const renewal = await oauth.refreshTokenGrantRequest(server, client, oauth.None(), tokens.refresh_token!, insecure);
  const renewed = await oauth.processRefreshTokenResponse(server, client, renewal);
  check(renewed.refresh_token !== tokens.refresh_token, "rotated");
  const revoked = await oauth.revocationRequest(server, client, oauth.None(), renewed.refresh_token!, insecure);
  await oauth.processRevocationResponse(revoked);
  const me = await fetch(`${base}/access/v1/me`);
  check(me.headers.get("www-authenticate")!.includes("resource_metadata="), "challenge");
  const resource = await oauth.resourceDiscoveryRequest(issuer, insecure);
  const described = await oauth.processResourceDiscoveryResponse(issuer, resource);
  check(described.authorization_servers![0] === server.issuer, "resource");
}

async function withBoundTokens(): Promise<void> {
  const issuer = new URL(base);
  const server = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, insecure));
  const client: oauth.Client = { client_id: clientId };
  const bound = { ...insecure, DPoP: oauth.DPoP(client, await oauth.generateKeyPair("ES256")) };
  const again = async <T>(request: () => Promise<T>): Promise<T> =>
    request().catch((error) => { if (oauth.isDPoPNonceError(error)) return request(); throw error; });
  const started = await start(server, clientId, back);
  const arrived = await walk(started.address);
  const tokens = await again(() => finish(server, client, back, started, arrived, bound));
  check(tokens.token_type === "dpop", "bound");
  const me = new URL(`${base}/access/v1/me`);
  const shown = await again(() => oauth.protectedResourceRequest(tokens.access_token, "GET", me, undefined, null, bound));
  check(shown.status === 200, "shown with a proof");
  const stolen = await fetch(me, { headers: { authorization: `Bearer ${tokens.access_token}` } });
  check(stolen.status === 401, "refused without a proof");
  const other = { ...insecure, DPoP: oauth.DPoP(client, await oauth.generateKeyPair("ES256")) };
  const renew = (options: typeof bound) => again(async () => oauth.processRefreshTokenResponse(
    server, client, await oauth.refreshTokenGrantRequest(server, client, oauth.None(), tokens.refresh_token!, options),
  ));
  check(await renew(other).then(() => false, (error) => error.error === "invalid_grant"), "another key");
  check((await renew(bound)).token_type === "dpop", "renewed");
}

async function withOpenidClient(): Promise<void> {
  const options = { execute: [openid.allowInsecureRequests] };
  const server = await openid.discovery(new URL(base), clientId, undefined, openid.None(), options);
  const verifier = openid.randomPKCECodeVerifier();
  const [state, nonce] = [openid.randomState(), openid.randomNonce()];
  const address = openid.buildAuthorizationUrl(server, {
    redirect_uri: back, scope: "openid", state, nonce, max_age: "600",
    code_challenge: await openid.calculatePKCECodeChallenge(verifier), code_challenge_method: "S256",
  });
  const arrived = await walk(address);
  const expected = { pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce, maxAge: 600 };
  const tokens = await openid.authorizationCodeGrant(server, arrived, expected);
  const renewed = await openid.refreshTokenGrant(server, tokens.refresh_token!);
  const leave = openid.buildEndSessionUrl(server, {
    id_token_hint: renewed.id_token!, post_logout_redirect_uri: "http://127.0.0.1:5173/", state: "left",
  });
  const left = await browse(leave.href);
  check(left.headers.get("location") === "http://127.0.0.1:5173/?state=left", "left");
  const after = await openid.refreshTokenGrant(server, renewed.refresh_token!).catch((error) => error.error as string);
  check(after === "invalid_grant", "ended");
}

await withOauth4webapi();
await withBoundTokens();
await withOpenidClient();
