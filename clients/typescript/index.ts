/** The API of the secretariat of the ESCM Plan: openapi-fetch over the types of the contract, with tokens, repetitions, keys
 * and versions, and what several requests are needed for. */
import createClient, { type Client } from "openapi-fetch";
import type { Ask, Credentials } from "./credentials.js";
import type { components, paths } from "./schema.js";

export * from "./credentials.js";
export * from "./webhooks.js";
export type { components, paths };
type Schemas = components["schemas"];
export type Event = Schemas["CloudEvent"];
export type Job = Schemas["Job"];
export type Problem = Partial<Schemas["Problem"]> & { status: number; code: string; reason?: string; [member: string]: unknown };
/** A record as it was read: what a change is for. */
export type Versioned = { version: number; links: { self: string } };
/** Where a reader of the feed stores how far it has come. */
export interface Positions {
  load(): Promise<string | null> | string | null;
  save(position: string): Promise<void> | void;
}
type Listed<P extends keyof paths> = paths[P] extends {
  get: { responses: { 200: { content: { "application/json": { items: (infer Item)[] } } } } };
}
  ? Item
  : never;
type Filters<P extends keyof paths> = paths[P] extends { get: { parameters: { query?: infer Query } } } ? Query : never;
type Lists = { [P in keyof paths]: Listed<P> extends never ? never : P }[keyof paths];

/** A response other than the expected one; `problem` has everything that the API says about it. */
export class ApiError extends Error {
  constructor(readonly problem: Problem, readonly retryAfter?: number) {
    const errors = (problem.errors ?? []).map((one) => `${one.pointer ?? one.parameter ?? ""}: ${one.detail ?? one.code}`);
    super([`${problem.status} ${problem.code}:`, problem.title, problem.detail, ...errors].filter(Boolean).join(" "));
  }
}

type Source = "membership" | "centres" | "actions";
const AGAIN = new Set([408, 425, 429, 502, 503, 504]);
const LONGEST_WAIT = 120;
const wait = (seconds: number): Promise<void> => new Promise((done) => setTimeout(done, seconds * 1000));

export class Api {
  /** The client of openapi-fetch: `api.http.GET("/membership/v1/experts", …)`. */
  readonly http: Client<paths>;
  readonly #options: { credentials?: Credentials; attempts: number; sleep: typeof wait };

  /** `attempts` is how often a request is sent at most. */
  constructor(readonly baseUrl: string, credentials?: Credentials, { attempts = 5, sleep = wait } = {}) {
    this.#options = { attempts, sleep, ...(credentials && { credentials }) };
    this.http = createClient<paths>({ baseUrl, fetch: (request) => this.send(request) });
  }

  /** Sends any request with the token and, for POST, a key. One without a response, or that is to be tried later, is sent
   * again. The response may be a refusal. */
  async send(given: Request, signed = true): Promise<Response> {
    const { attempts, credentials, sleep } = this.#options;
    const ask: Ask = (form) => this.#json("/access/v1/oauth/token", { method: "POST", body: new URLSearchParams(form) }, false);
    if (signed && given.method === "POST" && !given.headers.has("Idempotency-Key"))
      given.headers.set("Idempotency-Key", crypto.randomUUID());
    for (let attempt = 1, renewed = false; ; attempt++) {
      const token = signed ? await credentials?.token(ask) : undefined;
      const request = given.clone();
      if (token) request.headers.set("Authorization", `Bearer ${token}`);
      let response: Response | undefined;
      try {
        response = await fetch(request);
        const isJson = response.headers.get("Content-Type")?.includes("json");
        if (isJson) response = new Response(await response.arrayBuffer(), response); // its end may be missing
      } catch (failure) {
        response = undefined;
        if (attempt >= attempts || given.signal.aborted) throw failure;
      }
      const after = response && retryAfter(response);
      if (response?.status === 401 && token && !renewed && credentials?.refused(token)) {
        renewed = true;
        continue;
      }
      const busy = response?.status === 409 && (await response.clone().json()).code === "request_in_progress";
      const passes = busy || !response || AGAIN.has(response.status);
      if (response && (!passes || attempt >= attempts || (after ?? 0) > LONGEST_WAIT)) return response;
      await sleep(after ?? Math.min(30, (0.25 + Math.random() / 4) * 2 ** attempt));
    }
  }

  /** What a call of `http` returned: `await api.given(api.http.POST("/membership/v1/experts", { body }))`. Throws ApiError. */
  async given<T>(call: Promise<{ data?: T; error?: unknown; response: Response }>): Promise<T> {
    const { data, error, response } = await call;
    return accepted(response, response.ok ? data : error);
  }

  /** The JSON at any address, such as `links.self` of a record. Throws ApiError. */
  async get<T = unknown>(address: string, query: Record<string, unknown> = {}): Promise<T> {
    const url = new URL(address, this.baseUrl);
    for (const [name, value] of Object.entries(query)) if (value != null) url.searchParams.set(name, String(value));
    return this.#json(url);
  }

  /** All records that the filters leave, read page by page as they are used. */
  async *list<P extends Lists>(path: P, query?: Filters<P>): AsyncGenerator<Listed<P>> {
    let page: { items: Listed<P>[]; next: string | null } = { items: [], next: path };
    for (let filters = query ?? {}; page.next; filters = {}) {
      page = await this.get(page.next, filters);
      yield* page.items;
    }
  }

  /** The record after a merge patch for the version that was read; with `reread`, for what it is now. */
  async update<R extends Versioned>(record: R, change: object, { reread = false } = {}): Promise<R> {
    for (let etag = `"${record.version}"`, left = reread ? 4 : 0; ; left--) {
      try {
        return await this.#json(record.links.self, written("PATCH", etag, change));
      } catch (failure) {
        const found = failure instanceof ApiError && failure.problem.status === 412 && failure.problem.current_etag;
        if (!found || left === 0) throw failure;
        etag = String(found);
      }
    }
  }

  /** The record after a transition, such as `approve`. */
  async perform<R extends Versioned>(record: R, action: string, more: { reason?: string; fields?: object } = {}): Promise<R> {
    return this.#json(`${record.links.self}/transitions`, written("POST", `"${record.version}"`, { action, ...more }));
  }

  /** The job that imports a file; `fields` are the others of `POST …/imports`, such as `on_error`. */
  async importFile(
    service: Source, resource: string, file: File, { dryRun = false, ...fields }: { dryRun?: boolean; [field: string]: unknown } = {},
  ): Promise<Job> {
    const form = new FormData();
    for (const [name, value] of Object.entries({ resource, mode: dryRun ? "dry_run" : "commit", ...fields }))
      form.set(name, typeof value === "string" ? value : JSON.stringify(value));
    form.set("file", file);
    return this.#json(`/${service}/v1/imports`, { method: "POST", body: form });
  }

  /** The job when it has succeeded. Throws ApiError with its problem if it has not. */
  async finished(service: Source, id: string, progress?: (job: Job) => void): Promise<Job> {
    for (;;) {
      const job = await this.get<Job>(`/${service}/v1/jobs/${id}`);
      progress?.(job);
      if (job.status === "succeeded") return job;
      if (!["queued", "running"].includes(job.status)) throw new ApiError({ status: 0, code: job.status, ...job.problem });
      await this.#options.sleep(1);
    }
  }

  /** The events of the records that the caller may read, in order, each at least once: a position is saved when all before it
   * were used. It ends at the newest event, or, without `untilNow`, goes on with each as it comes. */
  async *follow(
    positions: Positions,
    { untilNow = false, pause = 2, ...of }: { type?: string; country?: string; untilNow?: boolean; pause?: number } = {},
  ): AsyncGenerator<Event> {
    for (let after = await positions.load(); ; ) {
      const wait = after && !untilNow ? 25 : null;
      const page: Schemas["EventPage"] = await this.get("/access/v1/events", { ...of, after, wait });
      yield* page.items;
      if (page.next_after !== after) await positions.save(page.next_after);
      else if (untilNow) return;
      else await this.#options.sleep(pause); // too many may wait already
      after = page.next_after;
    }
  }

  async #json<T>(address: string | URL, given: RequestInit = {}, signed = true): Promise<T> {
    const response = await this.send(new Request(new URL(address, this.baseUrl), given), signed);
    return accepted(response, response.headers.get("Content-Type")?.includes("json") ? await response.json() : {});
  }
}

function accepted<T>(response: Response, content: unknown): T {
  if (!response.ok) throw new ApiError({ status: response.status, code: "", ...(content as object) }, retryAfter(response));
  return content as T;
}

function written(method: "PATCH" | "POST", etag: string, body: object): RequestInit {
  const kind = method === "PATCH" ? "application/merge-patch+json" : "application/json";
  return { method, headers: { "Content-Type": kind, "If-Match": etag }, body: JSON.stringify(body) };
}

function retryAfter(response: Response): number | undefined {
  const given = response.headers.get("Retry-After") ?? "";
  const seconds = /^\d+$/.test(given) ? Number(given) : (Date.parse(given) - Date.now()) / 1000;
  return Number.isNaN(seconds) ? undefined : Math.max(0, seconds);
}
