/** The report in a real browser: nothing in the console, nothing over the network, readable by everybody, at every width. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { AxeResults } from "axe-core";
import { chromium, type Browser, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { writeReports } from "../src/commands/report.ts";
import { UserError } from "../src/engine/model.ts";
import { exportFile, plainShape, previewDigest } from "../src/report/fixtures.ts";
import { realFile } from "./support/real-files.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const executablePath = "/usr/bin/chromium";
const directory = mkdtempSync(join(tmpdir(), "sandbox-report-"));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const hostile = `"><img src=x onerror=alert(1)><script>alert(2)</script>`;

/** A page made from a file, as the command makes it outside any project. */
async function pageFrom(name: string, text: string): Promise<string> {
  const file = join(directory, `${name}.json`);
  writeFileSync(file, text);
  const {
    paths: [path],
  } = await writeReports(
    { cwd: directory, file, out: join(directory, `${name}.html`), state: false, policyPack: [] },
    () => undefined,
  );
  return path!;
}

describe("the command", () => {
  it("makes a page from either file of a real CLI", async () => {
    const exported = readFileSync(await pageFrom("exported", realFile("stack-export")), "utf8");
    expect(exported).toContain("From a file of pulumi stack export");
    const previewed = readFileSync(await pageFrom("previewed", realFile("changing-preview")), "utf8");
    expect(previewed).toContain("From a file of pulumi preview --json");
  });

  it("says what it lacks", async () => {
    const run = (options: object) =>
      writeReports({ cwd: root, state: false, policyPack: [], ...options }, () => undefined);
    await expect(run({ file: join(directory, "none.json") })).rejects.toThrow(/--file .*none\.json: ENOENT/);
    await expect(run({ file: "x", stack: "us-east-1" })).rejects.toThrow(/leave --stack and --all out/);
    await expect(run({ stack: "us-east-1", state: true, stateDir: directory })).rejects.toThrow(UserError);
  });
});

describe.skipIf(!existsSync(executablePath))("in Chromium (which has to be /usr/bin/chromium)", () => {
  const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
  const pages = new Map<string, string>();
  let browser: Browser;

  beforeAll(async () => {
    browser = await chromium.launch({
      executablePath,
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    });
    // What a preview of everything says: the four stacks of this project, with their policies.
    const { paths: made, failed } = await writeReports(
      {
        cwd: root,
        all: true,
        state: false,
        stateDir: join(directory, "state"),
        out: join(directory, "all"),
        policyPack: [join(root, "policy-pack")],
      },
      () => undefined,
    );
    expect(failed).toEqual([]);
    for (const path of made) pages.set(path.slice(join(directory, "all/").length, -".html".length), path);
    pages.set("large", await pageFrom("large", JSON.stringify(previewDigest({ ...plainShape, alarms: 2000 }))));
    pages.set("hostile", await pageFrom("hostile", exportFile({ ...plainShape, open: true, label: hostile })));
  }, 420_000);
  afterAll(() => browser?.close());

  /** Opens a page and collects what should not be: messages, errors, dialogs, requests for anything but the page. */
  async function open(
    name: string,
    width: number,
    colorScheme: "light" | "dark",
  ): Promise<{ page: Page; wrong: string[] }> {
    const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme });
    const wrong: string[] = [];
    const url = pathToFileURL(pages.get(name)!).href;
    page.on("console", (message) => wrong.push(`${message.type()}: ${message.text()}`));
    page.on("pageerror", (error) => wrong.push(error.message));
    page.on("dialog", (dialog) => {
      wrong.push(`dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    page.on("request", (request) => {
      if (request.url() !== url && !request.url().startsWith("data:")) wrong.push(`request: ${request.url()}`);
    });
    await page.goto(url);
    return { page, wrong };
  }

  const names = ["global", "us-east-1", "us-east-2", "us-west-2", "large", "hostile"];
  const looks = names.flatMap((name) =>
    ([390, 1440] as const).flatMap((width) =>
      (["light", "dark"] as const).map((scheme) => [name, width, scheme] as const),
    ),
  );

  it("there is a page for every stack", () => {
    expect([...pages.keys()].sort()).toEqual([...names].sort());
  });

  it.each(looks)(
    "%s at %i px, %s: a quiet console, no scrolling sideways, the right colours",
    async (name, width, scheme) => {
      const { page, wrong } = await open(name, width, scheme);
      expect(wrong).toEqual([]);
      expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(width);
      const ground = await page.evaluate<string>("getComputedStyle(document.body).backgroundColor");
      expect(ground).toBe(scheme === "light" ? "rgb(245, 246, 248)" : "rgb(13, 17, 22)");
      await page.close();
    },
  );

  it.each(
    ["us-east-1", "global", "hostile"].flatMap((name) =>
      (["light", "dark"] as const).map((scheme) => [name, scheme] as const),
    ),
  )(
    "%s, %s: axe finds no violation",
    async (name, scheme) => {
      const { page } = await open(name, 1440, scheme);
      await page.evaluate("for (const part of document.querySelectorAll('details')) part.open = true");
      await page.evaluate(axe);
      const { violations, passes } = await page.evaluate<AxeResults>("axe.run(document)");
      expect(
        violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(" | ")}`),
      ).toEqual([]);
      expect(passes.length).toBeGreaterThan(20);
      await page.close();
    },
    180_000,
  );

  it("can be used with a keyboard alone", async () => {
    const { page } = await open("us-east-1", 1440, "light");
    const focused = () =>
      page.evaluate<string>(
        "(document.activeElement.getAttribute('aria-label') || document.activeElement.id || document.activeElement.textContent).trim()",
      );
    await page.keyboard.press("Tab");
    expect(await focused()).toBe("Skip to the report");
    const reached = new Set<string>();
    for (let press = 0; press < 60; press++) {
      await page.keyboard.press("Tab");
      reached.add(await focused());
      const outline = await page.evaluate<string>(
        "document.activeElement === document.body ? 'the end' : getComputedStyle(document.activeElement).outlineStyle",
      );
      expect(outline).not.toBe("none");
      if (reached.has("Resources") && reached.has("by-change")) break;
    }
    for (const stop of [
      "us-east-2",
      "Topology",
      "Picture of network mrgc-network-vpc",
      "Address plan",
      "Policy findings",
      "search",
      "by-component",
    ])
      expect(reached).toContain(stop);
    await page.close();
  });

  it("filters two thousand resources by words, component and change", async () => {
    const { page } = await open("large", 1440, "light");
    const shown = () => page.locator("#resource-rows tr:visible").count();
    const all = await page.locator("#resource-rows tr").count();
    expect(all).toBeGreaterThan(2000);
    await page.getByLabel("Search names and types").fill("alarm 1999");
    expect(await shown()).toBe(1);
    expect(await page.getByRole("status").textContent()).toBe(`1 of ${all.toLocaleString("en-US")} resources shown`);
    await page.keyboard.press("Escape");
    expect(await shown()).toBe(all);
    await page.getByRole("combobox", { name: "Component" }).selectOption("shop-net");
    expect(await shown()).toBe(all);
    await page.getByLabel("Search names and types").fill("routetable");
    // Two zones of three subnets: a table and an association each.
    expect(await shown()).toBe(12);
    await page.close();
  });

  it("says to a screen reader what every picture and table is", async () => {
    const { page } = await open("us-east-1", 1440, "light");
    expect(await page.getByRole("img", { name: "Network mrgc-network-vpc in us-east-1" }).count()).toBe(1);
    expect(await page.getByRole("img", { name: "Traffic paths" }).count()).toBe(1);
    expect(await page.locator("table:not(:has(caption))").count()).toBe(0);
    expect(await page.getByRole("heading", { level: 2 }).allTextContents()).toEqual(
      expect.arrayContaining([
        "Topology",
        "Address plan",
        "Cost by driver",
        "Policy findings",
        "Quota needs",
        "What will change",
        "Resources",
      ]),
    );
    await page.close();
  });
});
