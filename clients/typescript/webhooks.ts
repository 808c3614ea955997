/** Verifies what webhooks receive (Standard Webhooks 1.0): `v1`, HMAC-SHA256, and `v1a`, Ed25519. */
import type { Event } from "./index.js";

const TOLERANCE = 300;
const SCHEMES = new Map<string, [prefix: string, algorithm: { name: string; hash?: string }]>([
  ["v1", ["whsec_", { name: "HMAC", hash: "SHA-256" }]],
  ["v1a", ["whpk_", { name: "Ed25519" }]],
]);

/** The event in a received request, whose `body` is as it came. `keys` are `whsec_…` and `whpk_…`: during a rotation the old
 * and the new ones. Throws Error: answer with 400. */
export async function verify(
  body: string, headers: Headers | Record<string, string>, keys: string | string[], { now = Date.now() / 1000 } = {},
): Promise<Event> {
  const found = new Headers(headers);
  const [id, at] = [found.get("webhook-id"), found.get("webhook-timestamp") ?? ""];
  if (!id || !/^\d+$/.test(at)) throw new Error("The headers webhook-id and webhook-timestamp are missing.");
  if (Math.abs(now - Number(at)) > TOLERANCE) throw new Error("The time of the request is too far from that of this machine.");
  const signed = new TextEncoder().encode(`${id}.${at}.${body}`);
  for (const signature of (found.get("webhook-signature") ?? "").split(" "))
    for (const key of [keys].flat()) if (await fits(key, signature, signed)) return JSON.parse(body) as Event;
  throw new Error("No signature fits a key.");
}

async function fits(key: string, signature: string, signed: BufferSource): Promise<boolean> {
  const [version = "", value = ""] = signature.split(",", 2);
  const [prefix, algorithm] = SCHEMES.get(version) ?? [];
  if (!prefix || !algorithm || !key.startsWith(prefix)) return false;
  try {
    const own = await crypto.subtle.importKey("raw", bytes(key.slice(prefix.length)), algorithm, false, ["verify"]);
    return await crypto.subtle.verify(algorithm, own, bytes(value), signed);
  } catch {
    return false;
  }
}

const bytes = (text: string): Uint8Array<ArrayBuffer> => Uint8Array.from(atob(text), (one) => one.charCodeAt(0));
