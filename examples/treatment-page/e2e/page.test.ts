/** What a reader of the page sees, in Chromium, in front of the running service with the published content. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { DESKTOP, listViolations, open, PHONE, visit, type Open } from "./browser.js";

let opened: Open;
before(async () => { opened = await open(); });
after(async () => { await opened.close(); });

test("everyday words come first, the professional wording on demand", async () => {
  const page = await visit(opened, "?treatment=ketamine");
  assert.equal(await page.title(), "Ketamine for depression – treatment information");
  const fact = page.locator('[id="fact-treatment.ketamine.safety.dissociation"]');
  const professional = fact.locator("details.professional > p").first();
  assert.equal(await professional.isVisible(), false);
  await fact.locator("summary").click();
  assert.equal(await professional.isVisible(), true);
  await page.getByRole("button", { name: "Show all professional wording" }).click();
  assert.equal(await page.locator("details.professional:not([open])").count(), 0);
  await page.context().close();
});

test("every statement says its certainty or is not graded, and every mark leads to a source", async () => {
  const page = await visit(opened, "?treatment=ketamine");
  const found = await page.evaluate(async () => {
    const answer = await (await fetch("/v1/treatments/ketamine?fields=sections")).json() as { data: { sections: Record<string, { facts: { id: string; certainty: string; sources: unknown[] }[] }> } };
    return Object.values(answer.data.sections).flatMap(({ facts }) => facts).map(({ id, certainty, sources }) => {
      const shown = document.getElementById(`fact-${id}`);
      const marks = [...(shown?.querySelectorAll<HTMLAnchorElement>(".marks a") ?? [])];
      return {
        certainty,
        badge: shown?.querySelector(".badge")?.className ?? "badge not-graded",
        cited: sources.length,
        leading: marks.filter((mark) => document.getElementById(mark.hash.slice(1))?.matches("ol.sources > li") ?? false).length,
      };
    });
  });
  assert.ok(found.length > 150);
  for (const { certainty, badge, cited, leading } of found) {
    assert.equal(badge, `badge ${certainty}`);
    assert.equal(leading, cited);
  }
  await page.context().close();
});

test("benefits and doses carry their warnings", async () => {
  const page = await visit(opened, "?treatment=ketamine");
  for (const section of ["benefits", "efficacy"]) {
    const [facts, warned] = [await page.locator(`#${section} .fact`).count(), await page.locator(`#${section} .fact > .warnings`).count()];
    assert.ok(facts > 0);
    assert.equal(warned, facts);
  }
  const dead = await page.evaluate(() => [...document.querySelectorAll<HTMLAnchorElement>('a[href^="#"]')].filter((a) => document.getElementById(decodeURIComponent(a.hash.slice(1))) === null).map((a) => a.outerHTML));
  assert.deepEqual(dead, []);
  await page.context().close();
});

test("the second load is answered with 304", async () => {
  const page = await visit(opened, "?treatment=ketamine");
  assert.match((await page.textContent("#traffic")) ?? "", /^\d answers loaded/);
  const before = await page.textContent("main");
  const statuses: number[] = [];
  page.on("response", (response) => { if (response.url().includes("/v1/") && response.request().resourceType() === "fetch") statuses.push(response.status()); });
  await page.reload();
  await page.waitForSelector("#traffic:not(:empty)");
  assert.ok(statuses.length >= 3);
  assert.deepEqual([...new Set(statuses)], [304]);
  assert.match((await page.textContent("#traffic")) ?? "", /^(\d) of \1 answers unchanged since your last visit \(304\)/);
  assert.equal(await page.textContent("main"), before);
  await page.context().close();
});

test("the forest plot of a pooled result is shown with its certainty, and another can be chosen", async () => {
  const page = await visit(opened, "?treatment=esketamine");
  const plot = page.locator(".forest img");
  await plot.scrollIntoViewIfNeeded();
  await page.waitForFunction(() => (document.querySelector<HTMLImageElement>(".forest img")?.naturalWidth ?? 0) > 0);
  assert.match((await plot.getAttribute("alt")) ?? "", /95 % interval/);
  assert.equal(await page.locator(".forest figcaption .badge").count(), 1);
  const first = await plot.getAttribute("src");
  await page.selectOption("#synthesis", { index: 1 });
  assert.notEqual(await page.locator(".forest img").getAttribute("src"), first);
  await page.context().close();
});

test("a treatment that does not exist names near ones", async () => {
  const page = await visit(opened, "?treatment=ketamin");
  assert.match((await page.textContent('[role="alert"]')) ?? "", /There is no `ketamin`/);
  await page.getByRole("link", { name: "ketamine", exact: true }).click();
  await page.waitForSelector("h1:text('Ketamine for depression')");
  await page.context().close();
});

test("without the service the page says so, and tries again", async () => {
  const context = await opened.browser.newContext();
  const page = await context.newPage();
  await page.route("**/v1/**", (route) => route.abort());
  await page.goto(`${opened.address}?treatment=ect`);
  await page.waitForSelector('[role="alert"]');
  await page.unroute("**/v1/**");
  await page.getByRole("button", { name: "Try again" }).click();
  await page.waitForSelector("h1:text('ECT')");
  await context.close();
});

test("the first key press leads to the content, past the contents", async () => {
  const page = await visit(opened, "?treatment=ketamine");
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement?.textContent), "Skip to the content");
  await page.keyboard.press("Enter");
  assert.equal(await page.evaluate(() => document.activeElement?.id), "content");
  await page.context().close();
});

for (const [device, viewport] of [["phone", PHONE], ["desktop", DESKTOP]] as const) {
  for (const colorScheme of ["light", "dark"] as const) {
    test(`axe finds nothing on a ${device} in ${colorScheme}, and nothing runs out of the screen`, async () => {
      const page = await visit(opened, "?treatment=esketamine", { viewport, colorScheme, bypassCSP: true });
      await page.getByRole("button", { name: "Show all professional wording" }).click();
      assert.deepEqual(await listViolations(page), []);
      assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), viewport.width);
      await page.context().close();
    });
  }
}
