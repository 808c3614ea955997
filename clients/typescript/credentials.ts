/** Who calls: a client with a secret, an API key, or a person. */
import type { components } from "./schema.js";

/** Who calls. `token` gets the present access token; `refused` says whether there can be another one. */
export interface Credentials {
  token(ask: Ask): Promise<string>;
  refused(token: string): boolean;
}
type Granted = components["schemas"]["Token"];
export type Ask = (form: Record<string, string>) => Promise<Granted>;
const EARLY = 30_000;

function renewing(next: (ask: Ask) => Promise<Granted>): Credentials {
  let held = { token: "", until: 0 };
  let asked: Promise<void> | undefined;
  const renew = async (ask: Ask) => {
    const { access_token: token, expires_in: seconds } = await next(ask);
    held = { token, until: Date.now() + seconds * 1000 - EARLY };
  };
  return {
    async token(ask) {
      if (Date.now() > held.until) await (asked ??= renew(ask).finally(() => (asked = undefined)));
      return held.token;
    },
    refused(token) {
      if (held.token === token) held.until = 0;
      return true;
    },
  };
}

/** A client with a secret. Never in a browser. */
export function clientSecret(id: string, secret: string): Credentials {
  return renewing((ask) => ask({ grant_type: "client_credentials", client_id: id, client_secret: secret }));
}

/** A client that registered public keys (`private_key_jwt`). `key` is the private one, ECDSA of P-256 or RSA-PSS of SHA-256, for
 * `sign`; `kid` names the registered one; `audience` is the address of tokens, `…/access/v1/oauth/token`. */
export function signedKey(id: string, key: CryptoKey, audience: string, kid?: string): Credentials {
  const isRsa = key.algorithm.name === "RSA-PSS";
  const how = isRsa ? { name: "RSA-PSS", saltLength: 32 } : { name: "ECDSA", hash: "SHA-256" };
  return renewing(async (ask) => {
    const iat = Math.floor(Date.now() / 1000);
    const claims = { iss: id, sub: id, aud: audience, iat, exp: iat + 60, jti: crypto.randomUUID() };
    const said = [{ alg: isRsa ? "PS256" : "ES256", typ: "JWT", kid }, claims].map((part) => encoded(utf8(JSON.stringify(part)))).join(".");
    const client_assertion = `${said}.${encoded(new Uint8Array(await crypto.subtle.sign(how, key, utf8(said))))}`;
    const client_assertion_type = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
    return ask({ grant_type: "client_credentials", client_assertion_type, client_assertion });
  });
}

const utf8 = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);
const encoded = (bytes: Uint8Array): string =>
  btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

/** An API key. */
export function apiKey(key: string): Credentials {
  return { token: async () => key, refused: () => false };
}

/** A person's session, by its refresh token. Each one can be used once: `renewed` stores the next. `clientId` is the public client
 * that the person signed in to. */
export function session(refreshToken: string, renewed: (refreshToken: string) => void, clientId?: string): Credentials {
  return next({ grant_type: "refresh_token", refresh_token: refreshToken }, renewed, clientId ? { client_id: clientId } : {});
}

/** A person with a password, in an installation that has passwords. `renewed` gets each refresh token. */
export function password(email: string, secret: string, renewed: (refreshToken: string) => void = () => undefined): Credentials {
  return next({ grant_type: "password", username: email, password: secret, label: "@escm/client" }, renewed);
}

function next(form: Record<string, string>, renewed: (refreshToken: string) => void, of: Record<string, string> = {}): Credentials {
  return renewing(async (ask) => {
    const granted = await ask({ ...form, ...of });
    form = { grant_type: "refresh_token", refresh_token: granted.refresh_token ?? "" };
    renewed(granted.refresh_token ?? "");
    return granted;
  });
}
