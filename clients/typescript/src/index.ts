/** A typed client of the treatment-information API for browsers and Node, on openapi-fetch. */

import createClient, { type Client, type ClientOptions } from "openapi-fetch";

import type { components, paths } from "./openapi.js";
import { ProblemError, throwProblems } from "./problems.js";
import { Revalidating, type Store } from "./revalidating.js";

export type { components, operations, paths } from "./openapi.js";
export { MemoryStore, Revalidating, type Kept, type Store } from "./revalidating.js";
export { ProblemError };

/** The shapes of the answers by name: `Schemas["Treatment"]`. */
export type Schemas = components["schemas"];
export type TreatmentClient = Client<paths, "application/json">;

export interface Options extends Omit<ClientOptions, "baseUrl"> {
  /** Where answers are kept, to be asked for again with their `ETag`; without it, the browser's own cache does that. */
  readonly store?: Store;
}

/**
 * A client of the service at `baseUrl`. Every path, parameter and answer is typed; answers that are no success are thrown as
 * `ProblemError`, so that `data` is there when a call returns.
 */
export function createTreatmentClient(baseUrl: string, { store, ...options }: Options = {}): TreatmentClient {
  const send = options.fetch ?? ((request: Request) => globalThis.fetch(request));
  const client = createClient<paths, "application/json">({
    ...options,
    baseUrl,
    fetch: store === undefined ? send : new Revalidating(store, send).fetch,
    // Lists are written with commas: `?sections=safety,efficacy`.
    querySerializer: { array: { style: "form", explode: false } },
  });
  client.use(throwProblems);
  return client;
}
