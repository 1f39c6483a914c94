/** A `fetch` that keeps answers and asks with their `ETag` whether they still hold. */

export interface Kept {
  readonly etag: string;
  readonly contentType: string;
  readonly body: string;
}

/** Where answers are kept: a `Map` in memory, or `localStorage`. */
export interface Store {
  get(key: string): Kept | undefined;
  set(key: string, kept: Kept): void;
}

type Send = (request: Request) => Promise<Response>;

/** Keeps the answers used most lately, up to so many. */
export class MemoryStore implements Store {
  readonly #kept = new Map<string, Kept>();
  readonly #most: number;

  constructor(most = 100) {
    this.#most = most;
  }

  get(key: string): Kept | undefined {
    const kept = this.#kept.get(key);
    if (kept !== undefined) this.set(key, kept);
    return kept;
  }

  set(key: string, kept: Kept): void {
    this.#kept.delete(key);
    this.#kept.set(key, kept);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > this.#most && oldest !== undefined) this.#kept.delete(oldest);
  }
}

/** Sends requests with `If-None-Match`, and answers a 304 with what was kept. */
export class Revalidating {
  readonly #store: Store;
  readonly #send: Send;
  /** What came over the line, latest last: the address and 200, 304 … */
  readonly log: { readonly url: string; readonly status: number }[] = [];

  constructor(store: Store, send: Send = (request) => globalThis.fetch(request)) {
    this.#store = store;
    this.#send = send;
  }

  readonly fetch = async (request: Request): Promise<Response> => {
    const key = `${request.headers.get("accept") ?? ""} ${request.url}`;
    const kept = this.#store.get(key);
    // With an `If-None-Match` of our own, browsers hand a 304 through; `no-store` keeps their cache from answering by itself.
    const headers = new Headers(request.headers);
    if (kept !== undefined) headers.set("If-None-Match", kept.etag);
    const response = await this.#send(new Request(request, { headers, cache: "no-store" }));
    this.log.push({ url: request.url, status: response.status });
    if (response.status === 304 && kept !== undefined) {
      return new Response(kept.body, { status: 200, headers: { ...Object.fromEntries(response.headers), "content-type": kept.contentType } });
    }
    await this.#keep(key, response);
    return response;
  };

  async #keep(key: string, response: Response): Promise<void> {
    const etag = response.headers.get("etag");
    if (response.status !== 200 || etag === null) return;
    this.#store.set(key, { etag, contentType: response.headers.get("content-type") ?? "", body: await response.clone().text() });
  }
}
