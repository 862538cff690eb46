/** What will change, and every resource with a filter. */
import { Change, type DeploymentModel, type PropertyChange, type ResourceRow } from "../model.ts";
import { counted, html, Markup, wholeNumber } from "./html.ts";
import { framed } from "./sections.ts";

const none = "outside components";
const changing = [Change.Create, Change.Update, Change.Replace, Change.Delete] as const;

/** `deployed` rather than `same` where the source says nothing of changes. */
const words = (change: Change, hasChanges: boolean): string =>
  change === Change.Same ? (hasChanges ? "unchanged" : "deployed") : change;

/** So many changes are shown at once; more wait until their component is opened. */
const openedUpTo = 40;

/** Most dangerous first. */
const byDanger = [Change.Replace, Change.Delete, Change.Update, Change.Create] as const;

const doneTo: Record<Change, string> = {
  [Change.Create]: "created",
  [Change.Update]: "updated",
  [Change.Replace]: "replaced",
  [Change.Delete]: "deleted",
  [Change.Same]: "unchanged",
};

/** `1 created, 2 updated`. */
const totals = (rows: ResourceRow[]): string =>
  changing
    .map((change) => [change, rows.filter((row) => row.change === change).length] as const)
    .filter(([, count]) => count > 0)
    .map(([change, count]) => `${wholeNumber(count)} ${doneTo[change]}`)
    .join(", ");

function reasonWords(reasons: PropertyChange[]): Markup | false {
  const told = (list: PropertyChange[]) =>
    list.map(
      ({ property, values }, index) =>
        html`${index > 0 && ", "}<span class="mono">${property}</span
          >${values && ` ${values.before} → ${values.after}`}`,
    );
  const forced = reasons.filter(({ replaces }) => replaces);
  const others = reasons.filter(({ replaces }) => !replaces);
  return (
    reasons.length > 0 &&
    html`<span class="why"
      >${forced.length > 0 && html`forced by ${told(forced)}`}${others.length > 0 && (forced.length > 0 ? "; also " : "changes ")}${told(others)}</span
    >`
  );
}

/** @param named whether each says which component it is of */
const changeList = (rows: ResourceRow[], named = false): Markup =>
  html`<ul class="changes">
    ${byDanger
      .flatMap((change) => rows.filter((row) => row.change === change))
      .map(
        ({ change, name, type, component, reasons }) =>
          html`<li>
            <span class="pill ${change}">${change}</span> <b>${name}</b>
            <span class="mono muted">${type}</span
            >${named && component !== "" && component !== name && html` <span class="muted">of ${component}</span>`}
            ${reasonWords(reasons)}
          </li>`,
      )}
  </ul>`;

export function changeSection(model: DeploymentModel): Markup {
  const changed = model.resources.filter(({ change }) => change !== Change.Same);
  const lost = changed.filter(({ change }) => change === Change.Replace || change === Change.Delete);
  const table = framed(
    "change-frame",
    "Changes by component",
    html`<table>
      <caption>
        <span>Resources by component${model.hasChanges && " and by what a run would do with them"}</span>
      </caption>
      <thead>
        <tr>
          <th scope="col">Component</th>
          <th scope="col">Type</th>
          <th scope="col" class="num">Resources</th>
          ${
            model.hasChanges &&
            html`${changing.map((change) => html`<th scope="col" class="num">${change}</th>`)}
              <th scope="col" class="num">unchanged</th>`
          }
        </tr>
      </thead>
      <tbody>
        ${model.components.map(
          ({ name, type, resources, changes }) =>
            html`<tr>
              <th scope="row">${name === "" ? none : name}</th>
              <td class="mono">${type}</td>
              <td class="num">${wholeNumber(resources)}</td>
              ${
                model.hasChanges &&
                [...changing, Change.Same].map(
                  (change) =>
                    html`<td class="num${changes[change] === 0 ? " muted" : ""}">${wholeNumber(changes[change])}</td>`,
                )
              }
            </tr>`,
        )}
      </tbody>
    </table>`,
  );
  const lists = model.components.map(({ name }) => {
    const rows = changed.filter((row) => row.component === name && !lost.includes(row));
    return (
      rows.length > 0 &&
      html`<details ${changed.length <= openedUpTo && new Markup(" open")}>
        <summary>${name === "" ? none : name}: ${totals(rows)}</summary>
        ${changeList(rows)}
      </details>`
    );
  });
  const lead = !model.hasChanges
    ? "A stored state says what is there, not what a run would change. A preview does."
    : changed.length === 0
      ? "Nothing: the deployment is what its program says."
      : `A run would touch ${wholeNumber(changed.length)} of ${counted(model.resources.length, "resource")}: ${totals(changed)}.`;
  return html`<section id="changes" aria-labelledby="changes-h">
    <h2 id="changes-h">What will change</h2>
    <p class="lead">${lead}</p>
    ${
      lost.length > 0 &&
      html`<h3>Replaced or deleted</h3>
        ${changeList(lost, true)}
        <h3>By component</h3>`
    }
    ${table}${lists}
  </section>`;
}

export function resourceSection(model: DeploymentModel): Markup {
  const changes = Object.values(Change).filter((change) => model.resources.some((row) => row.change === change));
  return html`<section id="resources" aria-labelledby="resources-h">
    <h2 id="resources-h">Resources</h2>
    <div class="filter" role="search" aria-label="Filter resources">
      <label
        >Search names and types<input
          id="search"
          type="search"
          autocomplete="off"
          spellcheck="false"
          placeholder="such as alarm hot-tier"
      /></label>
      <label
        >Component<select id="by-component">
          <option value="*">all components</option>
          ${model.components.map(({ name }) => html`<option value="${name}">${name === "" ? none : name}</option>`)}
        </select></label
      >
      <label
        >Change<select id="by-change">
          <option value="*">all</option>
          ${changes.map((change) => html`<option value="${change}">${words(change, model.hasChanges)}</option>`)}
        </select></label
      >
    </div>
    <p class="count" id="count" role="status" aria-live="polite">${wholeNumber(model.resources.length)} resources</p>
    ${framed(
      "resource-frame",
      "Resources",
      html`<table>
        <caption>
          <span>Every resource of the deployment</span>
        </caption>
        <thead>
          <tr>
            <th scope="col">Name</th>
            <th scope="col">Type</th>
            <th scope="col">Component</th>
            <th scope="col">Change</th>
          </tr>
        </thead>
        <tbody id="resource-rows">
          ${model.resources.map(
            ({ name, type, component, change }) =>
              html`<tr data-component="${component}" data-change="${change}">
                <th scope="row">${name}</th>
                <td class="mono">${type}</td>
                <td>${component === "" ? none : component}</td>
                <td><span class="pill ${change}">${words(change, model.hasChanges)}</span></td>
              </tr> `,
          )}
        </tbody>
      </table>`,
      true,
    )}
  </section>`;
}
