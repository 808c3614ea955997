// A visit of the running system with the generated types. Its arguments: the origin, the client's id and its secret.
import createClient, { type Middleware } from "openapi-fetch";
import type { components, paths } from "./generated/api.js";

declare const process: { argv: string[]; exitCode: number };
const [, , baseUrl, clientId, clientSecret] = process.argv as [string, string, string, string, string];
const api = createClient<paths>({ baseUrl });

function check(holds: unknown, what: string): asserts holds {
  if (!holds) throw new Error(what);
}

function given<T>(result: { data?: T; error?: unknown; response: Response }, status: number): T {
  check(result.response.status === status, `${result.response.url}: ${JSON.stringify(result.error)}`);
  return result.data as T;
}

async function signIn(): Promise<void> {
  const body = { grant_type: "client_credentials" as const, client_id: clientId, client_secret: clientSecret };
  const headers = { "Content-Type": "application/x-www-form-urlencoded" };
  const token = given(await api.POST("/access/v1/oauth/token", { body, headers }), 200);
  const signed: Middleware = {
    onRequest: ({ request }) => request.headers.set("Authorization", `Bearer ${token.access_token}`),
  };
  api.use(signed);
  const me = given(await api.GET("/access/v1/me"), 200);
  check(me.principal.kind === "client", "the token is the client's");
}

async function anExpert(): Promise<void> {
  const names: components["schemas"]["Name"][] = [{ given: "Amina", family: "Typed" }];
  const header = { "Idempotency-Key": crypto.randomUUID() };
  const made = await api.POST("/membership/v1/experts", { body: { names, country: "XA" }, params: { header } });
  const created = given(made, 201);
  const again = await api.POST("/membership/v1/experts", { body: { names, country: "XA" }, params: { header } });
  check(given(again, 201).id === created.id, "one effect for one key");
  check(again.response.headers.get("Idempotency-Replayed") === "true", "the second answer is the kept one");

  const path = { record: created.id };
  const etag = made.response.headers.get("ETag") ?? "";
  const changed = await api.PATCH("/membership/v1/experts/{record}", {
    body: { keywords: ["soil"] },
    params: { path, header: { "If-Match": etag } },
    headers: { "Content-Type": "application/merge-patch+json" },
  });
  check(given(changed, 200).keywords?.[0] === "soil", "the patch is in the answer");
  const stale = await api.PATCH("/membership/v1/experts/{record}", {
    body: { keywords: ["sea"] },
    params: { path, header: { "If-Match": etag } },
    headers: { "Content-Type": "application/merge-patch+json" },
  });
  check(stale.error?.code === "version_conflict", "an old ETag is refused with a typed problem");

  const steps = given(await api.GET("/membership/v1/experts/{record}/transitions", { params: { path } }), 200);
  check(steps.status === created.status && steps.allowed_actions.length > 0, "steps are told");
  const history = given(await api.GET("/membership/v1/experts/{record}/history", { params: { path } }), 200);
  check(history.items.length === 2, "creation and patch are in the history");
}

async function aWalk(): Promise<void> {
  let query: { limit: number; cursor?: string } = { limit: 2 };
  const seen = new Set<string>();
  for (let page = 0; page < 3; page++) {
    const { items, next } = given(await api.GET("/membership/v1/experts", { params: { query } }), 200);
    for (const item of items) {
      check(!seen.has(item.id), "no record twice");
      seen.add(item.id);
    }
    if (next === null) break;
    query = { limit: 2, cursor: new URL(next, baseUrl).searchParams.get("cursor") ?? "" };
  }
  check(seen.size > 2, "the list has pages");
}

async function refusals(): Promise<void> {
  const header = { "Idempotency-Key": crypto.randomUUID() };
  const names = [{ family: "Refused" }];
  // @ts-expect-error the contract knows no such field
  const unknown = { names, country: "XA", colour: "green" } satisfies components["schemas"]["ExpertCreate"];
  const refused = await api.POST("/membership/v1/experts", { body: unknown, params: { header } });
  check(refused.error?.errors?.[0]?.pointer === "/colour", "the problem points at the field");
  const missing = await api.GET("/centres/v1/committees/{record}", { params: { path: { record: "none" } } });
  check(missing.error?.status === 404, "what is not there is 404");
}

async function otherServices(): Promise<void> {
  given(await api.GET("/centres/v1/committees", { params: { query: { limit: 1 } } }), 200);
  given(await api.GET("/actions/v1/programmes", { params: { query: { limit: 1 } } }), 200);
  const country = given(await api.GET("/actions/v1/countries/{code}", { params: { path: { code: "XA" } } }), 200);
  check(country.code === "XA", "a country is told");
}

await signIn();
await anExpert();
await aWalk();
await refusals();
await otherServices();
console.log("visited");
