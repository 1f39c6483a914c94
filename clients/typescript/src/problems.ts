/** Answers that are no success, as errors. */

import type { Middleware } from "openapi-fetch";

import type { components } from "./openapi.js";

type Problem = components["schemas"]["Problem"];

/** What the service said is wrong (RFC 9457). */
export class ProblemError extends Error {
  override readonly name = "ProblemError";
  /** HTTP status. */
  readonly status: number;
  /** The whole document; null when something else than the API answered. */
  readonly problem: Problem | null;
  /** Seconds after which the service asks to be asked again; null when it does not say. */
  readonly retryAfterSeconds: number | null;

  constructor(status: number, problem: Problem | null, retryAfter: string | null) {
    super(problem === null ? `status ${status} without a problem document: is this the address of the API?` : `${status} ${problem.title}: ${problem.detail}`);
    this.status = status;
    this.problem = problem;
    this.retryAfterSeconds = retryAfter !== null && /^\d+$/.test(retryAfter) ? Number(retryAfter) : null;
  }

  /** Near ids, names or values that exist. */
  get didYouMean(): string[] {
    const near = [...(this.problem?.did_you_mean ?? []), ...(this.problem?.errors ?? []).flatMap((fault) => fault.did_you_mean)];
    return [...new Set(near)];
  }
}

/** Throws a `ProblemError` for every answer that is no success. */
export const throwProblems: Middleware = {
  async onResponse({ response }) {
    if (response.ok) return;
    const isProblem = response.headers.get("content-type")?.startsWith("application/problem+json") ?? false;
    const problem = isProblem ? ((await response.json()) as Problem) : null;
    throw new ProblemError(response.status, problem, response.headers.get("retry-after"));
  },
};
