/** The pages' pictures, drawn in a real browser by the program that the forge draws them with. */
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { chromium, type Browser, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { blocksOf, documentationPages } from "./support/pages.ts";

const executablePath = "/usr/bin/chromium";
const pictures = documentationPages().flatMap((page) =>
  blocksOf(page, "mermaid").map((code, index) => ({ title: `${page.name}, picture ${index + 1}`, code })),
);

interface Drawn {
  /** Why it could not be drawn; empty when it was. */
  error: string;
  /** The words of the picture. */
  words: string;
}

describe.skipIf(!existsSync(executablePath))("a page's picture (drawn in /usr/bin/chromium)", () => {
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
    page = await browser.newPage();
    await page.addScriptTag({ path: createRequire(import.meta.url).resolve("@mermaid-js/tiny") });
    await page.evaluate("mermaid.initialize({ startOnLoad: false })");
  });
  afterAll(() => browser?.close());

  it("is there at all", () => {
    expect(pictures.length).toBeGreaterThan(8);
  });

  it.each(pictures)("$title", async ({ code }) => {
    const drawn = await page.evaluate<Drawn>(
      `mermaid.render("picture", ${JSON.stringify(code)}).then(
        ({ svg }) => ({ error: "", words: new DOMParser().parseFromString(svg, "text/html").body.textContent }),
        (error) => ({ error: String(error), words: "" }))`,
    );
    expect(drawn.error).toBe("");
    // A label that the drawing has lost would be lost for the reader, too.
    const labels = [...code.matchAll(/"([^"]+)"/g)].map(([, label = ""]) =>
      label.replaceAll("&lt;", "<").replaceAll("&gt;", ">"),
    );
    const words = drawn.words.replaceAll(/\s/g, "");
    expect(labels.filter((label) => !words.includes(label.replaceAll(/\s/g, "")))).toEqual([]);
  });
});
