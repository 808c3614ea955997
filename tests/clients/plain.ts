// The first list and the first create of a client that is generated and made without any option, and has no casts: each
// service has one. Its arguments: the origin, the client's id and its secret.
import createClient from "openapi-fetch";
import type { components, paths } from "./generated/api.js";

declare const process: { argv: string[] };
type Schemas = components["schemas"];
const [, , baseUrl = "", id = "", secret = ""] = process.argv;

const form = new URLSearchParams({ grant_type: "client_credentials", client_id: id, client_secret: secret });
const token: Schemas["Token"] = await (await fetch(`${baseUrl}/access/v1/oauth/token`, { method: "POST", body: form })).json();
const api = createClient<paths>({ baseUrl, headers: { Authorization: `Bearer ${token.access_token}` } });

const experts = await api.GET("/membership/v1/experts", { params: { query: { limit: 2 } } });
if (!experts.data) throw new Error(experts.error.code);
const page: Schemas["ExpertPage"] = experts.data;
const refs: string[] = page.items.map((expert) => expert.ref);
const next: string | null = page.next;

const made = await api.POST("/membership/v1/experts", {
  body: { names: [{ family: "Plain" }], country: "XA" },
  params: { header: { "Idempotency-Key": crypto.randomUUID() } },
});
if (!made.data) throw new Error(made.error.detail);
const record: Schemas["Expert"] = made.data;

const centres = await api.GET("/centres/v1/centres");
const programmes = await api.GET("/actions/v1/programmes");
const grants = await api.GET("/access/v1/grants");
for (const list of [centres.data, programmes.data, grants.data]) {
  if (list && !Array.isArray(list.items)) throw new Error("a list has items");
}
const one = await api.GET("/membership/v1/experts/{record}", { params: { path: { record: record.ref } } });
const verbs: string[] | undefined = one.data?.allowed_actions?.map(({ action }) => action);

if (!refs.length || next === undefined || !verbs?.length) throw new Error("the running system has them");
console.log("listed and created");
