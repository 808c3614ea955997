// Reads every list of the running system, its first records and what belongs to them, and parses each response with the
// generated Zod schemas. A member that the contract does not name is a fault. Arguments: the origin, the id, the secret.
import * as schemas from "./generated/zod/zod.gen.js";

declare const process: { argv: string[] };
const [, , baseUrl, clientId, clientSecret] = process.argv as [string, string, string, string, string];

type Json = null | boolean | number | string | Json[] | { [name: string]: Json };
interface Parser {
  parse(value: unknown): unknown;
}
interface Operation {
  operationId: string;
  responses: Record<string, Answer | { $ref: string }>;
}
interface Answer {
  content?: Record<string, unknown>;
}
interface Contract {
  paths: Record<string, { get?: Operation }>;
  components: { responses: Record<string, Answer> };
}

const parsers = new Map<string, Parser>(Object.entries(schemas));
const MOST_OF_A_LIST = 5;

async function token(): Promise<string> {
  const body = new URLSearchParams({ grant_type: "client_credentials", client_id: clientId, client_secret: clientSecret });
  const response = await fetch(`${baseUrl}/access/v1/oauth/token`, { method: "POST", body });
  const given = schemas.zCreateTokenResponse.parse(await response.json());
  return given.access_token;
}

function unnamed(value: Json, parsed: unknown, place: string): string[] {
  if (value === null || typeof value !== "object" || parsed === null || typeof parsed !== "object") return [];
  return Object.entries(value).flatMap(([name, part]) =>
    name in parsed ? unnamed(part, (parsed as Record<string, unknown>)[name], `${place}/${name}`) : [`${place}/${name}`],
  );
}

function check(operation: Operation, path: string, value: Json): void {
  const id = operation.operationId;
  const parser = parsers.get(`z${id[0]?.toUpperCase()}${id.slice(1)}Response`);
  if (parser === undefined) throw new Error(`no schema of ${id}`);
  const faults = unnamed(value, parser.parse(value), path);
  if (faults.length > 0) throw new Error(`not in the contract: ${faults.slice(0, 5).join(", ")}`);
}

function isJson(operation: Operation): boolean {
  const given = operation.responses["200"];
  const answer = given && "$ref" in given ? contract.components.responses[given.$ref.split("/").pop() ?? ""] : given;
  return "application/json" in (answer?.content ?? {});
}

const headers = { Authorization: `Bearer ${await token()}`, Accept: "application/json" };
const contract = (await (await fetch(`${baseUrl}/openapi.json`)).json()) as Contract;
const reads = Object.entries(contract.paths).flatMap(([path, { get }]) => (get && isJson(get) ? [{ path, get }] : []));

async function read(path: string): Promise<Json | undefined> {
  const response = await fetch(`${baseUrl}${path}`, { headers });
  return response.status === 200 ? ((await response.json()) as Json) : undefined;
}

/** The reads of one record: the item itself and what stands below its address without a further parameter. */
function ofRecord(self: string) {
  const parts = self.split("/");
  const fits = (part: string, n: number) => part === parts[n] || (part.startsWith("{") && parts[n] !== undefined);
  return reads.flatMap(({ path, get }) => {
    const own = path.split("/");
    const isBelow = own.length >= parts.length && own.slice(0, parts.length).every(fits) && own[parts.length - 1]?.startsWith("{");
    const rest = own.slice(parts.length);
    return isBelow && !rest.some((part) => part.startsWith("{")) ? [{ get, path: [self, ...rest].join("/") }] : [];
  });
}

function selves(page: Json): string[] {
  const items = page !== null && typeof page === "object" && !Array.isArray(page) ? page.items : undefined;
  if (!Array.isArray(items)) return [];
  return items.slice(0, MOST_OF_A_LIST).flatMap((item) => {
    const links = item !== null && typeof item === "object" && !Array.isArray(item) ? item.links : undefined;
    const self = links && typeof links === "object" && !Array.isArray(links) ? links.self : undefined;
    return typeof self === "string" ? [self] : [];
  });
}

let lists = 0;
let records = 0;
for (const { path, get } of reads) {
  if (path.includes("{")) continue;
  const page = await read(path);
  if (page === undefined) continue;
  check(get, path, page);
  lists += 1;
  for (const self of selves(page)) {
    for (const one of ofRecord(self)) {
      const found = await read(one.path);
      if (found === undefined) continue;
      check(one.get, one.path, found);
      records += 1;
    }
  }
}
console.log(`read ${lists} lists, ${records} records`);
