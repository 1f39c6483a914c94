/** What the page asks the API for. */

import { createTreatmentClient, Revalidating, type Schemas } from "treatment-information-client";

import { BrowserStore } from "./kept.js";

export type Treatment = Schemas["Treatment"];
export type Section = Schemas["Section"];
export type Fact = Schemas["FactInSection"];
export type Synthesis = Schemas["SynthesisCard"];

/** The sources' members that a reference list shows. */
export type Cited = Pick<Schemas["Source"], "id" | "title" | "authors" | "container" | "year" | "url">;

export interface Loaded {
  readonly treatment: Treatment;
  readonly meta: Schemas["Meta"];
  readonly sources: ReadonlyMap<string, Cited>;
  /** Warnings that stand in other records, in everyday words. */
  readonly elsewhere: ReadonlyMap<string, string>;
  readonly syntheses: readonly Synthesis[];
  readonly others: readonly Pick<Schemas["TreatmentCard"], "id" | "name">[];
}

const revalidating = new Revalidating(new BrowserStore());
const client = createTreatmentClient(location.origin, { fetch: revalidating.fetch });

/** The document of a treatment with everything that stands beside it. */
export async function load(id: string): Promise<Loaded> {
  const [document, syntheses, others] = await Promise.all([
    client.GET("/v1/treatments/{treatment_id}", { params: { path: { treatment_id: id }, query: { include: ["sources"] } } }),
    client.GET("/v1/syntheses", { params: { query: { treatment: id, limit: 100 } } }).catch(() => null),
    client.GET("/v1/treatments", { params: { query: { fields: ["id", "name"], limit: 100 } } }),
  ]);
  const { data: treatment, meta, included } = take(document.data);
  return {
    treatment,
    meta,
    sources: new Map((included?.sources ?? []).map((source) => [source.id, source])),
    elsewhere: await loadWarnings(treatment),
    syntheses: syntheses?.data?.data ?? [],
    others: take(others.data).data,
  };
}

/** The warnings that statements of the treatment name, and that are statements of other records. */
async function loadWarnings(treatment: Treatment): Promise<Map<string, string>> {
  const here = new Set(listFacts(treatment).map((fact) => fact.id));
  const missing = [...new Set(listFacts(treatment).flatMap((fact) => fact.see_also))].filter((id) => !here.has(id)).slice(0, 100);
  if (missing.length === 0) return new Map();
  const { data } = await client.GET("/v1/facts", { params: { query: { ids: missing.sort(), fields: ["id", "plain"], limit: 100 } } });
  return new Map(take(data).data.map((fact) => [fact.id, fact.plain]));
}

/** The sections that are there, in reading order. */
export function listSections(treatment: Treatment): Section[] {
  return Object.values(treatment.sections).filter((section) => section !== null);
}

/** All statements of a treatment. */
export function listFacts(treatment: Treatment): Fact[] {
  return listSections(treatment).flatMap((section) => section.facts);
}

/** What came over the line during this visit. */
export function listTraffic(): readonly { readonly url: string; readonly status: number }[] {
  return revalidating.log;
}

/** Calls that return have data: failures are thrown. */
function take<T>(data: T | undefined): T {
  if (data === undefined) throw new Error("an answer without data");
  return data;
}
