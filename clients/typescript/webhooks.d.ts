/** Verifies what webhooks receive (Standard Webhooks 1.0): `v1`, HMAC-SHA256, and `v1a`, Ed25519. */
import type { Event } from "./index.js";
/** The event in a received request, whose `body` is as it came. `keys` are `whsec_…` and `whpk_…`: during a rotation the old
 * and the new ones. Throws Error: answer with 400. */
export declare function verify(body: string, headers: Headers | Record<string, string>, keys: string | string[], { now }?: {
    now?: number | undefined;
}): Promise<Event>;
