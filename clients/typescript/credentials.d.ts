/** Who calls: a client with a secret, an API key, or a person. */
import type { components } from "./schema.js";
/** Who calls. `token` gets the present access token; `refused` says whether there can be another one. */
export interface Credentials {
    token(ask: Ask): Promise<string>;
    refused(token: string): boolean;
}
type Granted = components["schemas"]["Token"];
export type Ask = (form: Record<string, string>) => Promise<Granted>;
/** A client with a secret. Never in a browser. */
export declare function clientSecret(id: string, secret: string): Credentials;
/** A client that registered public keys (`private_key_jwt`). `key` is the private one, ECDSA of P-256 or RSA-PSS of SHA-256, for
 * `sign`; `kid` names the registered one; `audience` is the address of tokens, `…/access/v1/oauth/token`. */
export declare function signedKey(id: string, key: CryptoKey, audience: string, kid?: string): Credentials;
/** An API key. */
export declare function apiKey(key: string): Credentials;
/** A person's session, by its refresh token. Each one can be used once: `renewed` stores the next. `clientId` is the public client
 * that the person signed in to. */
export declare function session(refreshToken: string, renewed: (refreshToken: string) => void, clientId?: string): Credentials;
/** A person with a password, in an installation that has passwords. `renewed` gets each refresh token. */
export declare function password(email: string, secret: string, renewed?: (refreshToken: string) => void): Credentials;
export {};
