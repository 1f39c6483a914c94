/** The built page in a real browser, in front of a running service. */

import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";

import { chromium, type Browser, type BrowserContextOptions, type Page } from "playwright-core";
import { preview, type PreviewServer } from "vite";

const CHROMIUM = process.env["CHROMIUM"] ?? "/usr/bin/chromium";
const ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];
const AXE = createRequire(import.meta.url).resolve("axe-core/axe.min.js");

export const PHONE = { width: 390, height: 844 };
export const DESKTOP = { width: 1200, height: 900 };

export interface Open {
  readonly address: string;
  readonly browser: Browser;
  close(): Promise<void>;
}

/** Serves the built page with TREATMENTS_URL behind it, and starts a browser. */
export async function open(): Promise<Open> {
  assert(process.env["TREATMENTS_URL"] !== undefined, "TREATMENTS_URL names no service");
  assert(existsSync(CHROMIUM), `there is no ${CHROMIUM}`);
  const server: PreviewServer = await preview({ preview: { host: "127.0.0.1", port: 0 }, logLevel: "error" });
  const address = server.resolvedUrls?.local[0];
  assert(address !== undefined);
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: ARGUMENTS });
  return { address, browser, close: async () => { await browser.close(); await server.close(); } };
}

/** A page of its own context, with what went wrong in it; nothing is allowed to. */
export async function visit({ browser, address }: Open, query: string, options: BrowserContextOptions = {}): Promise<Page> {
  const context = await browser.newContext({ viewport: DESKTOP, reducedMotion: "reduce", ...options });
  const page = await context.newPage();
  page.on("pageerror", (error) => { throw error; });
  await page.goto(address + query);
  await page.waitForSelector("h1");
  return page;
}

interface Violation {
  readonly id: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[];
}

/** What axe finds wrong with the page as it is. */
export async function listViolations(page: Page): Promise<string[]> {
  await page.addScriptTag({ path: AXE });
  const violations = await page.evaluate(async () => {
    const { axe } = window as unknown as { axe: { run(options: object): Promise<{ violations: Violation[] }> } };
    return (await axe.run({ resultTypes: ["violations"] })).violations;
  });
  return violations.flatMap(({ id, nodes }) => nodes.slice(0, 3).map((node) => `${id}: ${node.html} ${node.failureSummary ?? ""}`));
}
