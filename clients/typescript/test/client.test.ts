/** The client against a running service, whose address is in TREATMENTS_URL. */

import assert from "node:assert/strict";
import test from "node:test";

import { createTreatmentClient, MemoryStore, ProblemError, Revalidating, type Schemas } from "../src/index.js";

const address = process.env["TREATMENTS_URL"];
assert(address !== undefined, "TREATMENTS_URL names no service");
const client = createTreatmentClient(address);

test("a question is answered with sources and certainty", async () => {
  const { data } = await client.GET("/v1/answers", { params: { query: { q: "How fast does ketamine work?", audience: "public" } } });
  assert(data !== undefined);
  assert.equal(data.data.status, "answered");
  const [best] = data.data.facts;
  assert(best !== undefined);
  assert.equal(best.quote, best.plain);
  assert.match(best.sources[0]?.url ?? "", /^https:/);
  assert.ok((["high", "moderate", "low", "very-low", "not-graded"] satisfies Schemas["Fact"]["certainty"][]).includes(best.certainty));
});

test("lists are written with commas", async () => {
  const { data, response } = await client.GET("/v1/treatments/{treatment_id}", {
    params: { path: { treatment_id: "ketamine" }, query: { sections: ["safety", "efficacy"], include: ["sources"] } },
  });
  assert.match(response.url, /sections=safety,efficacy/);
  assert(data !== undefined);
  assert.equal(data.data.sections.overview, null);
  assert.ok((data.data.sections.safety?.facts.length ?? 0) > 10);
  assert.ok((data.included?.sources?.length ?? 0) > 10);
});

test("details are told apart by their kind", async () => {
  const { data } = await client.GET("/v1/facts/{fact_id}", { params: { path: { fact_id: "treatment.ketamine.safety.dissociation" } } });
  const details = data?.data.details;
  assert(details?.kind === "adverse-effect");
  assert.equal(details.body_system, "psychiatric");
});

test("a problem is thrown, with near names", async () => {
  await assert.rejects(client.GET("/v1/treatments/{treatment_id}", { params: { path: { treatment_id: "ketamin" } } }), (error) => {
    assert(error instanceof ProblemError);
    assert.deepEqual([error.status, error.problem?.code, error.didYouMean[0]], [404, "not-found", "ketamine"]);
    return true;
  });
});

test("a wrong address is told from a problem of the API", async () => {
  const elsewhere = createTreatmentClient("http://unused.invalid", {
    fetch: () => Promise.resolve(new Response("<h1>Slow down</h1>", { status: 429, headers: { "retry-after": "7" } })),
  });
  await assert.rejects(elsewhere.GET("/v1"), (error) => {
    assert(error instanceof ProblemError);
    assert.deepEqual([error.problem, error.retryAfterSeconds, error.didYouMean], [null, 7, []]);
    return true;
  });
});

test("the second request is answered with 304 and the same data", async () => {
  const revalidating = new Revalidating(new MemoryStore());
  const keeping = createTreatmentClient(address, { fetch: revalidating.fetch });
  const ask = () => keeping.GET("/v1/drugs/{drug_id}", { params: { path: { drug_id: "ketamine" } } });
  const [first, second] = [await ask(), await ask()];
  assert.deepEqual(revalidating.log.map((line) => line.status), [200, 304]);
  assert.deepEqual(second.data, first.data);
  assert.ok(second.data);
});

test("a store given to the client is used", async () => {
  const store = new MemoryStore(1);
  const keeping = createTreatmentClient(address, { store });
  await keeping.GET("/v1");
  await keeping.GET("/v1/terms");
  assert.equal(store.get(`application/json ${address}/v1`), undefined, "only the latest answer has room");
});

test("what the contract does not have does not compile", () => {
  // @ts-expect-error there is no such path
  const path: Parameters<typeof client.GET>[0] = "/v1/treatmens";
  // @ts-expect-error there is no such section
  const sections: Schemas["Section"]["name"] = "efficiency";
  assert.ok(path && sections);
});
