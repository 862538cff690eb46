/** The page's tables: addresses, cost, findings, quotas. */
import { isUnsaid, type DeploymentModel } from "../model.ts";
import { counted, html, usd, wholeNumber, type Markup } from "./html.ts";
import { reachWords } from "./network-map.ts";

/** A table in a frame of its own, which a keyboard can scroll. */
export function framed(id: string, label: string, table: Markup, tall = false): Markup {
  return html`<div class="frame${tall ? " tall" : ""}" role="group" aria-label="${label}" tabindex="0" id="${id}">
    ${table}
  </div>`;
}

const bar = (share: number): Markup =>
  html`<svg class="bar" aria-hidden="true" focusable="false">
    <rect class="track" width="100%" height="8" rx="4" />
    <rect class="fill" width="${Math.min(100, Math.max(0, share * 100)).toFixed(1)}%" height="8" rx="4" />
  </svg>`;

export function addressSection(model: DeploymentModel): Markup {
  const planned = model.addresses.some(({ needs }) => needs !== undefined);
  return html`<section id="addresses" aria-labelledby="addresses-h">
    <h2 id="addresses-h">Address plan</h2>
    ${
      model.addresses.length === 0
        ? html`<p class="empty">This deployment has no subnets.</p>`
        : html`<p class="lead">
              Every subnet, how much it holds${planned ? ", and what the fleets at their maximum will take" : ""}.
            </p>
            ${framed(
              "address-frame",
              "Address plan",
              html`<table>
                <caption>
                  <span
                    >${counted(model.addresses.length, "subnet")}${model.freeRanges.length > 0 && html`; free for later: <span class="mono">${model.freeRanges.join(", ")}</span>`}</span
                  >
                </caption>
                <thead>
                  <tr>
                    <th scope="col">Zone</th>
                    <th scope="col">Tier</th>
                    <th scope="col">Range</th>
                    <th scope="col">Reach</th>
                    <th scope="col" class="num">Holds</th>
                    ${
                      planned &&
                      html`<th scope="col" class="num">Needs</th>
                        <th scope="col">For</th>`
                    }
                  </tr>
                </thead>
                <tbody>
                  ${model.addresses.map(
                    (row) =>
                      html`<tr>
                        <th scope="row" class="keep">${row.zone}</th>
                        <td class="keep">${row.tier}</td>
                        <td class="mono keep">${row.cidrBlock}</td>
                        <td><span class="pill ${row.reach}">${reachWords[row.reach]}</span></td>
                        <td class="num">${wholeNumber(row.holds)}</td>
                        ${
                          planned &&
                          html`<td class="num">
                              ${row.needs === undefined ? "not said" : wholeNumber(row.needs)}${row.needs !== undefined && row.holds > 0 && bar(row.needs / row.holds)}
                            </td>
                            <td class="muted wide">${row.neededFor}</td>`
                        }
                      </tr>`,
                  )}
                </tbody>
              </table>`,
            )}`
    }
  </section>`;
}

export function costSection({ cost }: DeploymentModel): Markup {
  if (isUnsaid(cost))
    return html`<section id="cost" aria-labelledby="cost-h">
      <h2 id="cost-h">Cost by driver</h2>
      <p class="empty">Cost is ${cost.reason}.</p>
    </section>`;
  const lines = cost.lines.toSorted((a, b) => (b.usdPerMonth ?? -1) - (a.usdPerMonth ?? -1));
  const most = lines[0]?.usdPerMonth ?? 0;
  return html`<section id="cost" aria-labelledby="cost-h">
    <h2 id="cost-h">Cost by driver</h2>
    <p class="lead">
      At least ${usd(cost.knownUsdPerMonth)} a month as configured, ${usd(cost.maximumUsdPerMonth)} with every fleet at
      its
      maximum.${cost.unknown.length > 0 && ` ${cost.unknown.length} lines are not known, and never counted as zero.`}
    </p>
    ${framed(
      "cost-frame",
      "Cost by driver",
      html`<table>
        <caption>
          <span>USD a month, the largest first. Not counted: ${cost.notCounted.join(", ")}</span>
        </caption>
        <thead>
          <tr>
            <th scope="col">Part</th>
            <th scope="col">Driver</th>
            <th scope="col" class="num">USD a month</th>
            <th scope="col">Price</th>
          </tr>
        </thead>
        <tbody>
          ${lines.map(
            ({ component, driver, usdPerMonth, note }) =>
              html`<tr>
                <th scope="row">${component}</th>
                <td>${driver}</td>
                <td class="num">
                  ${usdPerMonth === undefined ? html`<span class="pill">not known</span>` : html`${usd(usdPerMonth)}${most > 0 && bar(usdPerMonth / most)}`}
                </td>
                <td class="muted wide">${note}</td>
              </tr>`,
          )}
        </tbody>
      </table>`,
      true,
    )}
  </section>`;
}

export function findingsSection({ findings }: DeploymentModel): Markup {
  const body = isUnsaid(findings)
    ? html`<p class="empty">Findings are ${findings.reason}.</p>`
    : findings.length === 0
      ? html`<p><span class="pill fits">clean</span> The policy pack looked at every resource and found nothing.</p>`
      : framed(
          "findings-frame",
          "Policy findings",
          html`<table>
            <caption>
              <span>${counted(findings.length, "finding")}, mandatory ones first</span>
            </caption>
            <thead>
              <tr>
                <th scope="col">Level</th>
                <th scope="col">Rule</th>
                <th scope="col">Resource</th>
                <th scope="col">What is wrong, and the mend</th>
              </tr>
            </thead>
            <tbody>
              ${findings
                .toSorted((a, b) => Number(b.level === "mandatory") - Number(a.level === "mandatory"))
                .map(
                  ({ level, policy, resource, message }) =>
                    html`<tr>
                      <td><span class="pill ${level === "mandatory" ? "mandatory" : "advisory"}">${level}</span></td>
                      <td class="keep">${policy}</td>
                      <th scope="row">${resource}</th>
                      <td class="wide">${message}</td>
                    </tr>`,
                )}
            </tbody>
          </table>`,
          true,
        );
  return html`<section id="findings" aria-labelledby="findings-h">
    <h2 id="findings-h">Policy findings</h2>
    ${body}
  </section>`;
}

export function quotaSection({ quotas }: DeploymentModel): Markup {
  if (isUnsaid(quotas))
    return html`<section id="quotas" aria-labelledby="quotas-h">
      <h2 id="quotas-h">Quota needs</h2>
      <p class="empty">Quotas are ${quotas.reason}.</p>
    </section>`;
  const rank = (verdict: string) => ["exceeds", "unknown", "fits"].indexOf(verdict);
  const amount = (value: number | undefined) => (value === undefined ? "not known" : wholeNumber(value));
  const exceeding = quotas.filter(({ verdict }) => verdict === "exceeds").length;
  return html`<section id="quotas" aria-labelledby="quotas-h">
    <h2 id="quotas-h">Quota needs</h2>
    <p class="lead">
      ${
        exceeding === 0
          ? "Everything known fits a new account's defaults."
          : `${exceeding} of ${quotas.length} are more than a new account has: ask AWS for them before the first run.`
      }
    </p>
    ${framed(
      "quota-frame",
      "Quota needs",
      html`<table>
        <caption>
          <span>What the fleets at their maximum need, against AWS' defaults</span>
        </caption>
        <thead>
          <tr>
            <th scope="col">Quota</th>
            <th scope="col">Code</th>
            <th scope="col" class="num">Needs</th>
            <th scope="col" class="num">Default</th>
            <th scope="col">Verdict</th>
            <th scope="col">Because</th>
          </tr>
        </thead>
        <tbody>
          ${quotas
            .toSorted((a, b) => rank(a.verdict) - rank(b.verdict))
            .map(
              ({ name, code, needed, defaultValue, verdict, why }) =>
                html`<tr>
                  <th scope="row" class="wide">${name}</th>
                  <td class="mono keep">${code}</td>
                  <td class="num">${amount(needed)}</td>
                  <td class="num">${amount(defaultValue)}</td>
                  <td><span class="pill ${["exceeds", "fits"].includes(verdict) ? verdict : ""}">${verdict}</span></td>
                  <td class="muted wide">${why}</td>
                </tr>`,
            )}
        </tbody>
      </table>`,
      true,
    )}
  </section>`;
}
