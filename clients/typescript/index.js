/** The API of the secretariat of the ESCM Plan: openapi-fetch over the types of the contract, with tokens, repetitions, keys
 * and versions, and what several requests are needed for. */
import createClient from "openapi-fetch";
export * from "./credentials.js";
export * from "./webhooks.js";
/** A response other than the expected one; `problem` has everything that the API says about it. */
export class ApiError extends Error {
    problem;
    retryAfter;
    constructor(problem, retryAfter) {
        const errors = (problem.errors ?? []).map((one) => `${one.pointer ?? one.parameter ?? ""}: ${one.detail ?? one.code}`);
        super([`${problem.status} ${problem.code}:`, problem.title, problem.detail, ...errors].filter(Boolean).join(" "));
        this.problem = problem;
        this.retryAfter = retryAfter;
    }
}
const AGAIN = new Set([408, 425, 429, 502, 503, 504]);
const LONGEST_WAIT = 120;
const wait = (seconds) => new Promise((done) => setTimeout(done, seconds * 1000));
export class Api {
    baseUrl;
    /** The client of openapi-fetch: `api.http.GET("/membership/v1/experts", …)`. */
    http;
    #options;
    /** `attempts` is how often a request is sent at most. */
    constructor(baseUrl, credentials, { attempts = 5, sleep = wait } = {}) {
        this.baseUrl = baseUrl;
        this.#options = { attempts, sleep, ...(credentials && { credentials }) };
        this.http = createClient({ baseUrl, fetch: (request) => this.send(request) });
    }
    /** Sends any request with the token and, for POST, a key. One without a response, or that is to be tried later, is sent
     * again. The response may be a refusal. */
    async send(given, signed = true) {
        const { attempts, credentials, sleep } = this.#options;
        const ask = (form) => this.#json("/access/v1/oauth/token", { method: "POST", body: new URLSearchParams(form) }, false);
        if (signed && given.method === "POST" && !given.headers.has("Idempotency-Key"))
            given.headers.set("Idempotency-Key", crypto.randomUUID());
        for (let attempt = 1, renewed = false;; attempt++) {
            const token = signed ? await credentials?.token(ask) : undefined;
            const request = given.clone();
            if (token)
                request.headers.set("Authorization", `Bearer ${token}`);
            let response;
            try {
                response = await fetch(request);
                const isJson = response.headers.get("Content-Type")?.includes("json");
                if (isJson)
                    response = new Response(await response.arrayBuffer(), response); // its end may be missing
            }
            catch (failure) {
                response = undefined;
                if (attempt >= attempts || given.signal.aborted)
                    throw failure;
            }
            const after = response && retryAfter(response);
            if (response?.status === 401 && token && !renewed && credentials?.refused(token)) {
                renewed = true;
                continue;
            }
            const busy = response?.status === 409 && (await response.clone().json()).code === "request_in_progress";
            const passes = busy || !response || AGAIN.has(response.status);
            if (response && (!passes || attempt >= attempts || (after ?? 0) > LONGEST_WAIT))
                return response;
            await sleep(after ?? Math.min(30, (0.25 + Math.random() / 4) * 2 ** attempt));
        }
    }
    /** What a call of `http` returned: `await api.given(api.http.POST("/membership/v1/experts", { body }))`. Throws ApiError. */
    async given(call) {
        const { data, error, response } = await call;
        return accepted(response, response.ok ? data : error);
    }
    /** The JSON at any address, such as `links.self` of a record. Throws ApiError. */
    async get(address, query = {}) {
        const url = new URL(address, this.baseUrl);
        for (const [name, value] of Object.entries(query))
            if (value != null)
                url.searchParams.set(name, String(value));
        return this.#json(url);
    }
    /** All records that the filters leave, read page by page as they are used. */
    async *list(path, query) {
        let page = { items: [], next: path };
        for (let filters = query ?? {}; page.next; filters = {}) {
            page = await this.get(page.next, filters);
            yield* page.items;
        }
    }
    /** The record after a merge patch for the version that was read; with `reread`, for what it is now. */
    async update(record, change, { reread = false } = {}) {
        for (let etag = `"${record.version}"`, left = reread ? 4 : 0;; left--) {
            try {
                return await this.#json(record.links.self, written("PATCH", etag, change));
            }
            catch (failure) {
                const found = failure instanceof ApiError && failure.problem.status === 412 && failure.problem.current_etag;
                if (!found || left === 0)
                    throw failure;
                etag = String(found);
            }
        }
    }
    /** The record after a transition, such as `approve`. */
    async perform(record, action, more = {}) {
        return this.#json(`${record.links.self}/transitions`, written("POST", `"${record.version}"`, { action, ...more }));
    }
    /** The job that imports a file; `fields` are the others of `POST …/imports`, such as `on_error`. */
    async importFile(service, resource, file, { dryRun = false, ...fields } = {}) {
        const form = new FormData();
        for (const [name, value] of Object.entries({ resource, mode: dryRun ? "dry_run" : "commit", ...fields }))
            form.set(name, typeof value === "string" ? value : JSON.stringify(value));
        form.set("file", file);
        return this.#json(`/${service}/v1/imports`, { method: "POST", body: form });
    }
    /** The job when it has succeeded. Throws ApiError with its problem if it has not. */
    async finished(service, id, progress) {
        for (;;) {
            const job = await this.get(`/${service}/v1/jobs/${id}`);
            progress?.(job);
            if (job.status === "succeeded")
                return job;
            if (!["queued", "running"].includes(job.status))
                throw new ApiError({ status: 0, code: job.status, ...job.problem });
            await this.#options.sleep(1);
        }
    }
    /** The events of the records that the caller may read, in order, each at least once: a position is saved when all before it
     * were used. It ends at the newest event, or, without `untilNow`, goes on with each as it comes. */
    async *follow(positions, { untilNow = false, pause = 2, ...of } = {}) {
        for (let after = await positions.load();;) {
            const wait = after && !untilNow ? 25 : null;
            const page = await this.get("/access/v1/events", { ...of, after, wait });
            yield* page.items;
            if (page.next_after !== after)
                await positions.save(page.next_after);
            else if (untilNow)
                return;
            else
                await this.#options.sleep(pause); // too many may wait already
            after = page.next_after;
        }
    }
    async #json(address, given = {}, signed = true) {
        const response = await this.send(new Request(new URL(address, this.baseUrl), given), signed);
        return accepted(response, response.headers.get("Content-Type")?.includes("json") ? await response.json() : {});
    }
}
function accepted(response, content) {
    if (!response.ok)
        throw new ApiError({ status: response.status, code: "", ...content }, retryAfter(response));
    return content;
}
function written(method, etag, body) {
    const kind = method === "PATCH" ? "application/merge-patch+json" : "application/json";
    return { method, headers: { "Content-Type": kind, "If-Match": etag }, body: JSON.stringify(body) };
}
function retryAfter(response) {
    const given = response.headers.get("Retry-After") ?? "";
    const seconds = /^\d+$/.test(given) ? Number(given) : (Date.parse(given) - Date.now()) / 1000;
    return Number.isNaN(seconds) ? undefined : Math.max(0, seconds);
}
