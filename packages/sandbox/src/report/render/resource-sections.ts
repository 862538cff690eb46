/** What will change, and every resource with a filter. */
import { Change, type DeploymentModel } from "../model.ts";
import { html, wholeNumber, type Markup } from "./html.ts";
import { framed } from "./sections.ts";

const none = "outside components";
const changing = [Change.Create, Change.Update, Change.Replace, Change.Delete] as const;

/** `deployed` rather than `same` where the source says nothing of changes. */
const words = (change: Change, hasChanges: boolean): string =>
  change === Change.Same ? (hasChanges ? "unchanged" : "deployed") : change;

export function changeSection(model: DeploymentModel): Markup {
  const changed = model.resources.filter(({ change }) => change !== Change.Same);
  const table = framed(
    "change-frame",
    "Changes by component",
    html`<table>
      <caption>
        Resources by component${model.hasChanges && " and by what a run would do with them"}
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
    const rows = changed.filter(({ component }) => component === name);
    return (
      rows.length > 0 &&
      html`<details>
        <summary>${name === "" ? none : name}: ${wholeNumber(rows.length)} changes</summary>
        <ul class="changes">
          ${rows.map(
            ({ change, name: resource, type, reasons }) =>
              html`<li>
                <span class="pill ${change}">${change}</span> <span>${resource}</span>
                <span class="mono muted">${type}</span
                >${reasons.length > 0 && html` <span class="muted">because of ${reasons.join(", ")}</span>`}
              </li>`,
          )}
        </ul>
      </details>`
    );
  });
  const lead = !model.hasChanges
    ? "A stored state says what is there, not what a run would change. A preview does."
    : changed.length === 0
      ? "Nothing: the deployment is what its program says."
      : `A run would touch ${wholeNumber(changed.length)} of ${wholeNumber(model.resources.length)} resources.`;
  return html`<section id="changes" aria-labelledby="changes-h">
    <h2 id="changes-h">What will change</h2>
    <p class="lead">${lead}</p>
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
          Every resource of the deployment
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
