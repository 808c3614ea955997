/** The API of the secretariat of the ESCM Plan: openapi-fetch over the types of the contract, with tokens, repetitions, keys
 * and versions, and what several requests are needed for. */
import { type Client } from "openapi-fetch";
import type { Credentials } from "./credentials.js";
import type { components, paths } from "./schema.js";
export * from "./credentials.js";
export * from "./webhooks.js";
export type { components, paths };
type Schemas = components["schemas"];
export type Event = Schemas["CloudEvent"];
export type Job = Schemas["Job"];
export type Problem = Partial<Schemas["Problem"]> & {
    status: number;
    code: string;
    reason?: string;
    [member: string]: unknown;
};
/** A record as it was read: what a change is for. */
export type Versioned = {
    version: number;
    links: {
        self: string;
    };
};
/** Where a reader of the feed stores how far it has come. */
export interface Positions {
    load(): Promise<string | null> | string | null;
    save(position: string): Promise<void> | void;
}
type Listed<P extends keyof paths> = paths[P] extends {
    get: {
        responses: {
            200: {
                content: {
                    "application/json": {
                        items: (infer Item)[];
                    };
                };
            };
        };
    };
} ? Item : never;
type Filters<P extends keyof paths> = paths[P] extends {
    get: {
        parameters: {
            query?: infer Query;
        };
    };
} ? Query : never;
type Lists = {
    [P in keyof paths]: Listed<P> extends never ? never : P;
}[keyof paths];
/** A response other than the expected one; `problem` has everything that the API says about it. */
export declare class ApiError extends Error {
    readonly problem: Problem;
    readonly retryAfter?: number | undefined;
    constructor(problem: Problem, retryAfter?: number | undefined);
}
type Source = "membership" | "centres" | "actions";
export declare class Api {
    #private;
    readonly baseUrl: string;
    /** The client of openapi-fetch: `api.http.GET("/membership/v1/experts", …)`. */
    readonly http: Client<paths>;
    /** `attempts` is how often a request is sent at most. */
    constructor(baseUrl: string, credentials?: Credentials, { attempts, sleep }?: {
        attempts?: number | undefined;
        sleep?: ((seconds: number) => Promise<void>) | undefined;
    });
    /** Sends any request with the token and, for POST, a key. One without a response, or that is to be tried later, is sent
     * again. The response may be a refusal. */
    send(given: Request, signed?: boolean): Promise<Response>;
    /** What a call of `http` returned: `await api.given(api.http.POST("/membership/v1/experts", { body }))`. Throws ApiError. */
    given<T>(call: Promise<{
        data?: T;
        error?: unknown;
        response: Response;
    }>): Promise<T>;
    /** The JSON at any address, such as `links.self` of a record. Throws ApiError. */
    get<T = unknown>(address: string, query?: Record<string, unknown>): Promise<T>;
    /** All records that the filters leave, read page by page as they are used. */
    list<P extends Lists>(path: P, query?: Filters<P>): AsyncGenerator<Listed<P>>;
    /** The record after a merge patch for the version that was read; with `reread`, for what it is now. */
    update<R extends Versioned>(record: R, change: object, { reread }?: {
        reread?: boolean | undefined;
    }): Promise<R>;
    /** The record after a transition, such as `approve`. */
    perform<R extends Versioned>(record: R, action: string, more?: {
        reason?: string;
        fields?: object;
    }): Promise<R>;
    /** The job that imports a file; `fields` are the others of `POST …/imports`, such as `on_error`. */
    importFile(service: Source, resource: string, file: File, { dryRun, ...fields }?: {
        dryRun?: boolean;
        [field: string]: unknown;
    }): Promise<Job>;
    /** The job when it has succeeded. Throws ApiError with its problem if it has not. */
    finished(service: Source, id: string, progress?: (job: Job) => void): Promise<Job>;
    /** The events of the records that the caller may read, in order, each at least once: a position is saved when all before it
     * were used. It ends at the newest event, or, without `untilNow`, goes on with each as it comes. */
    follow(positions: Positions, { untilNow, pause, ...of }?: {
        type?: string;
        country?: string;
        untilNow?: boolean;
        pause?: number;
    }): AsyncGenerator<Event>;
}
