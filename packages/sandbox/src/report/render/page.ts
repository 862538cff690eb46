/** The report as one self-contained page: no request leaves it, and its own policy would refuse any. */
import { createHash } from "node:crypto";
import { Change, isUnsaid, Reach, type DeploymentModel, type NetworkModel } from "../model.ts";
import { counted, html, Markup, plural, usd, wholeNumber } from "./html.ts";
import { networkMap, reachWords } from "./network-map.ts";
import { pathMap, portWords, workloadWords } from "./path-map.ts";
import { changeSection, resourceSection } from "./resource-sections.ts";
import { script } from "./script.ts";
import { addressSection, costSection, findingsSection, framed, quotaSection } from "./sections.ts";
import { style } from "./style.ts";

/** Another deployment's page beside this one. */
export interface Sibling {
  stack: string;
  /** Relative to this page. */
  href: string;
}

const hash = (text: string): string => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;

/** Only the page's own style and script: text that slips in as a tag would neither run nor load anything. */
const contentPolicy = `default-src 'none'; style-src ${hash(style)}; script-src ${hash(script)}; img-src data:; base-uri 'none'; form-action 'none'`;

const sections: [string, string][] = [
  ["topology", "Topology"],
  ["addresses", "Addresses"],
  ["cost", "Cost"],
  ["findings", "Policy"],
  ["quotas", "Quotas"],
  ["changes", "Changes"],
  ["resources", "Resources"],
];

type Tile = [value: string, label: string, tone: string, section: string];

function tiles(model: DeploymentModel): Tile[] {
  const changed = model.resources.filter(({ change }) => change !== Change.Same);
  const destroyed = changed.filter(({ change }) => change === Change.Delete || change === Change.Replace).length;
  const open = model.workloads.filter(({ outside, public: reachable }) => reachable && !outside).length;
  const { cost, findings, quotas } = model;
  const mandatory = isUnsaid(findings) ? 0 : findings.filter(({ level }) => level === "mandatory").length;
  const exceeding = isUnsaid(quotas) ? 0 : quotas.filter(({ verdict }) => verdict === "exceeds").length;
  const inComponents = model.components.filter(({ name }) => name !== "").length;
  return [
    [
      wholeNumber(model.resources.length),
      `${plural(model.resources.length, "resource")} in ${counted(inComponents, "component")}`,
      "",
      "resources",
    ],
    model.hasChanges
      ? [
          wholeNumber(changed.length),
          `${plural(changed.length, "change")}${destroyed > 0 ? `, ${wholeNumber(destroyed)} replace or delete` : ""}`,
          destroyed > 0 ? "bad" : "",
          "changes",
        ]
      : ["–", "changes: only a preview knows", "", "changes"],
    [
      wholeNumber(open),
      open === 1 ? "entry from the internet" : "entries from the internet",
      open > 0 ? "warn" : "good",
      "topology",
    ],
    isUnsaid(cost)
      ? ["–", "cost not known", "", "cost"]
      : [usd(cost.knownUsdPerMonth), cost.unknown.length > 0 ? "a month at least" : "a month", "", "cost"],
    isUnsaid(findings)
      ? ["–", "policy findings: no pack ran", "", "findings"]
      : [
          wholeNumber(findings.length),
          `policy ${plural(findings.length, "finding")}, ${wholeNumber(mandatory)} mandatory`,
          mandatory > 0 ? "bad" : findings.length > 0 ? "warn" : "good",
          "findings",
        ],
    isUnsaid(quotas)
      ? ["–", "quotas not known", "", "quotas"]
      : [
          wholeNumber(exceeding),
          `${plural(exceeding, "quota")} to ask AWS for`,
          exceeding > 0 ? "warn" : "good",
          "quotas",
        ],
  ];
}

const guessed = ({ zones }: NetworkModel): boolean =>
  zones.some(({ subnets }) => subnets.some(({ workloads }) => workloads.some((label) => label.startsWith("? "))));

/** The kinds of subnet that a network's picture has. */
const legendOf = ({ zones }: NetworkModel): Reach[] => {
  const drawn = new Set(zones.flatMap(({ subnets }) => subnets.map(({ reach }) => reach)));
  return Object.values(Reach).filter((reach) => drawn.has(reach));
};

function topology(model: DeploymentModel): Markup {
  const names = new Map(model.workloads.map((workload) => [workload.key, workloadWords(workload)]));
  const alone = model.workloads.filter(({ key }) => !model.paths.some(({ from, to }) => from === key || to === key));
  return html`<section id="topology" aria-labelledby="topology-h">
    <h2 id="topology-h">Topology</h2>
    <p class="lead">
      Drawn from the resources' own routes, security group rules and listeners, not from what they are called.
    </p>
    ${model.networks.length === 0 && html`<p class="empty">This deployment has no network of its own.</p>`}
    ${model.networks.map(
      (network, index) =>
        html`<h3>Network ${network.name}</h3>
          <figure>
            <div class="frame picture" role="group" aria-label="Picture of network ${network.name}" tabindex="0">
              ${networkMap(network, `network-${index}`)}
            </div>
            <figcaption>
              Regions, zones and subnets; the address plan below says the same as a
              table.${guessed(network) && " A question mark: which of these subnets it will be is known after the first run."}
              <ul class="legend">
                ${legendOf(network).map((reach) => html`<li class="pill ${reach}">${reachWords[reach]}</li>`)}
              </ul>
            </figcaption>
          </figure>`,
    )}
    <h3>Traffic paths</h3>
    ${
      model.paths.length === 0
        ? html`<p class="empty">No rule of this deployment lets anything connect.</p>`
        : html`<figure>
              <div class="frame picture" role="group" aria-label="Picture of the traffic paths" tabindex="0">
                ${pathMap(model.workloads, model.paths, "paths")}
              </div>
              <figcaption>
                Who may open a connection to whom, and on which ports. Orange can be reached from the internet; dashed
                boxes are outside this
                deployment.${
                  alone.length > 0 && ` Without a recorded way in or out: ${alone.map(workloadWords).join(", ")}.`
                }
              </figcaption>
            </figure>
            <details>
              <summary>${model.paths.length === 1 ? "The path" : `The ${model.paths.length} paths`} as a table</summary>
              ${framed(
                "path-frame",
                "Traffic paths as a table",
                html`<table>
                  <caption>
                    <span>Permitted connections</span>
                  </caption>
                  <thead>
                    <tr>
                      <th scope="col">From</th>
                      <th scope="col">To</th>
                      <th scope="col">Ports</th>
                    </tr>
                  </thead>
                  <tbody>
                    ${model.paths.map(
                      ({ from, to, ports }) =>
                        html`<tr>
                          <th scope="row">${names.get(from)}</th>
                          <td>${names.get(to)}</td>
                          <td>${portWords(ports) || "as the service says"}</td>
                        </tr>`,
                    )}
                  </tbody>
                </table>`,
              )}
            </details>`
    }
  </section>`;
}

const notes = (model: DeploymentModel): Markup | false =>
  model.notes.length > 0 &&
  html`<section aria-labelledby="notes-h">
    <h2 id="notes-h">Notes of the run</h2>
    ${model.notes.map((note) => html`<p class="note">${note}</p>`)}
  </section>`;

/** An element whose text the page's policy knows by its hash: not a character may be added. */
const verbatim = (tag: "style" | "script", text: string): Markup => new Markup(`<${tag}>${text}</${tag}>`);

/** @param siblings pages of the other deployments, this one included */
export function renderPage(model: DeploymentModel, siblings: Sibling[] = []): string {
  // Why a run failed comes first; a warning can wait.
  const failed = model.notes.some((note) => note.startsWith("error:"));
  const where = model.regions.length === 0 ? "" : ` · ${model.regions.join(", ")}`;
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${new Markup(contentPolicy)}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${model.stack} · ${model.project} · deployment report</title>
        <link rel="icon" href="data:," />
        ${verbatim("style", style)}
      </head>
      <body>
        <a class="skip" href="#main">Skip to the report</a>
        <svg class="defs" aria-hidden="true" focusable="false">
          <defs>
            <marker
              id="tip"
              viewBox="0 0 8 8"
              refX="6"
              refY="4"
              markerWidth="7"
              markerHeight="7"
              orient="auto-start-reverse"
            >
              <path class="tip" d="M0 0 8 4 0 8z" />
            </marker>
          </defs>
        </svg>
        <header class="wrap top">
          ${
            siblings.length > 1 &&
            html`<nav aria-label="Deployments">
              <ul class="others">
                ${siblings.map(({ stack, href }) => html`<li><a href="${href}" ${stack === model.stack && new Markup(' aria-current="page"')}>${stack}</a></li>`)}
              </ul>
            </nav>`
          }
          <p class="eyebrow">${model.project}${where}</p>
          <h1>${model.stack}</h1>
          <p class="eyebrow">From ${model.source}</p>
          <ul class="tiles" aria-label="In short">
            ${tiles(model).map(
              ([value, label, tone, section]) =>
                html`<li class="tile ${tone}">
                  <a href="#${section}"><b>${value}</b> <span>${label}</span></a>
                </li>`,
            )}
          </ul>
        </header>
        <nav class="jump" aria-label="Sections">
          <div class="wrap">
            <ul>
              ${sections.map(([id, label]) => html`<li><a href="#${id}">${label}</a></li>`)}
            </ul>
          </div>
        </nav>
        <main class="wrap" id="main" tabindex="-1">
          ${failed && notes(model)} ${topology(model)} ${!failed && notes(model)} ${addressSection(model)}
          ${costSection(model)} ${findingsSection(model)} ${quotaSection(model)} ${changeSection(model)}
          ${resourceSection(model)}
        </main>
        <footer class="wrap">No secret is in this page, and it loads nothing from anywhere.</footer>
        ${verbatim("script", script)}
      </body>
    </html> `;
  return page.text;
}
