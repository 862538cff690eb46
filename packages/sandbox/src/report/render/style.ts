/** The page's style: one sheet, light and dark, from a phone's width on. No inline styles: the page's policy forbids them. */
export const style = `
:root {
  color-scheme: light dark;
  --bg: light-dark(#f5f6f8, #0d1116);
  --surface: light-dark(#ffffff, #151b23);
  --sunken: light-dark(#f0f2f6, #10161d);
  --ink: light-dark(#18202c, #e7ecf3);
  --muted: light-dark(#556072, #9fabbc);
  --line: light-dark(#d8dde6, #2c3643);
  --accent: light-dark(#2254c5, #86b4ff);
  --public-ink: light-dark(#9a3706, #ffb586);
  --public-bg: light-dark(#fdeee4, #38210f);
  --public-line: light-dark(#e58a50, #b5652f);
  --outbound-ink: light-dark(#1c55ab, #98c2ff);
  --outbound-bg: light-dark(#e9f1fe, #14253d);
  --outbound-line: light-dark(#7ba7e8, #3f6fb3);
  --isolated-ink: light-dark(#17643f, #85dfb0);
  --isolated-bg: light-dark(#e6f5ed, #112c1e);
  --isolated-line: light-dark(#6dbb93, #2f7d57);
  --danger-ink: light-dark(#a11226, #ff9fa8);
  --danger-bg: light-dark(#fdebed, #3b151b);
  --sans: system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "DejaVu Sans", sans-serif;
  --mono: ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace;
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--bg); color: var(--ink); font: 15px/1.55 var(--sans); overflow-wrap: anywhere; }
a { color: var(--accent); }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; border-radius: 4px; }
.skip { position: absolute; left: -999rem; }
.skip:focus { left: 1rem; top: 1rem; background: var(--surface); padding: .6rem 1rem; z-index: 3; }
.wrap { max-width: 1400px; margin: 0 auto; padding: 0 clamp(1rem, 3vw, 2rem); }
.top { padding-block: 2.2rem 1.2rem; }
.eyebrow { color: var(--muted); margin: 0; font-size: .88rem; }
h1 { font-size: clamp(1.7rem, 4vw, 2.3rem); line-height: 1.15; letter-spacing: -.02em; margin: .15rem 0 .35rem; }
h2 { font-size: 1.3rem; letter-spacing: -.01em; margin: 0 0 .2rem; }
h3 { font-size: 1rem; margin: 1.6rem 0 .5rem; }
.lead { color: var(--muted); margin: 0 0 1rem; max-width: 76ch; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(148px, 1fr)); gap: .75rem; margin: 1.4rem 0 0; padding: 0; list-style: none; }
.tile { background: var(--surface); border: 1px solid var(--line); border-radius: 12px; }
.tile:hover { border-color: var(--accent); }
.tile a { display: block; height: 100%; padding: .85rem 1rem; color: inherit; text-decoration: none; border-radius: 12px; }
.tile b { display: block; font-size: 1.55rem; line-height: 1.2; letter-spacing: -.02em; font-variant-numeric: tabular-nums; }
.tile span { color: var(--muted); font-size: .86rem; }
.tile.warn b { color: var(--public-ink); }
.tile.bad b { color: var(--danger-ink); }
.tile.good b { color: var(--isolated-ink); }
.jump { position: sticky; top: 0; z-index: 2; background: var(--bg); border-bottom: 1px solid var(--line); }
.jump ul, .others { display: flex; gap: .25rem 1.15rem; overflow-x: auto; list-style: none; margin: 0; padding: .65rem 0; scrollbar-width: none; }
.jump a, .others a { text-decoration: none; white-space: nowrap; font-size: .92rem; }
.jump a:hover, .others a:hover { text-decoration: underline; }
.others { padding: 0 0 .4rem; }
.others [aria-current] { color: var(--ink); font-weight: 650; }
section { background: var(--surface); border: 1px solid var(--line); border-radius: 14px; padding: clamp(1rem, 2.5vw, 1.7rem); margin: 1.3rem 0; scroll-margin-top: 3.4rem; }
.frame { overflow: auto; border: 1px solid var(--line); border-radius: 10px; background: var(--surface); }
.frame.picture { background: var(--sunken); padding: .4rem; }
.frame.tall { max-height: 34rem; }
figure { margin: 0; }
figcaption { color: var(--muted); font-size: .88rem; margin-top: .55rem; }
table { border-collapse: collapse; width: 100%; font-size: .9rem; }
caption { text-align: left; padding: .6rem .8rem; color: var(--muted); font-size: .86rem; }
caption > span { position: sticky; left: .8rem; display: inline-block; max-width: min(76ch, 100vw - 6rem); }
th, td { text-align: left; padding: .45rem .8rem; border-top: 1px solid var(--line); vertical-align: top; }
thead th { position: sticky; top: 0; background: var(--sunken); font-weight: 600; white-space: nowrap; border-top: 0; }
tbody th { font-weight: 600; }
tbody th, td:not(.num, .keep) { min-width: 8.5rem; }
td.mono:not(.keep) { min-width: 15rem; }
.tall { scrollbar-gutter: stable; }
.num { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.mono { font-family: var(--mono); font-size: .84rem; }
.keep { white-space: nowrap; overflow-wrap: normal; }
.muted { color: var(--muted); }
td.wide, tbody th.wide { min-width: 22rem; }
.pill { display: inline-block; padding: .05rem .55rem; border-radius: 999px; font-size: .8rem; font-weight: 600; white-space: nowrap; background: var(--sunken); color: var(--muted); }
.pill.create, .pill.isolated, .pill.fits { background: var(--isolated-bg); color: var(--isolated-ink); }
.pill.update, .pill.outbound, .pill.advisory { background: var(--outbound-bg); color: var(--outbound-ink); }
.pill.replace, .pill.public { background: var(--public-bg); color: var(--public-ink); }
.pill.delete, .pill.mandatory, .pill.exceeds { background: var(--danger-bg); color: var(--danger-ink); }
.legend { display: flex; flex-wrap: wrap; gap: .4rem .6rem; list-style: none; margin: .6rem 0 0; padding: 0; }
.bar { display: block; width: 100%; min-width: 6rem; height: 8px; margin-top: .45rem; }
.bar .track { fill: var(--sunken); }
.bar .fill { fill: var(--outbound-line); }
.note { border-left: 4px solid var(--public-line); background: var(--public-bg); padding: .6rem .9rem; border-radius: 0 8px 8px 0; margin: .7rem 0; white-space: pre-wrap; font-size: .9rem; }
.empty { color: var(--muted); margin: .4rem 0; }
details { margin: .7rem 0; }
summary { cursor: pointer; padding: .3rem 0; font-weight: 600; }
.changes { list-style: none; padding: 0; margin: .3rem 0 1rem; font-size: .9rem; }
.changes li { padding: .28rem 0; border-top: 1px solid var(--line); display: flex; flex-wrap: wrap; gap: .1rem .7rem; }
.changes .why { flex-basis: 100%; color: var(--muted); }
.changes b { font-weight: 600; }
.filter { display: grid; grid-template-columns: 2fr 1fr 1fr; gap: .8rem; margin: .8rem 0; }
.filter label { font-size: .84rem; color: var(--muted); display: block; }
.filter input, .filter select { width: 100%; font: inherit; color: var(--ink); background: var(--surface); border: 1px solid light-dark(#868f9e, #66758a); border-radius: 8px; padding: .45rem .6rem; margin-top: .15rem; min-width: 0; }
.count { color: var(--muted); font-size: .9rem; margin: .3rem 0 .6rem; }
footer { color: var(--muted); font-size: .86rem; padding: .4rem 0 2.5rem; }
.map { display: block; max-width: 100%; height: auto; margin: 0 auto; font-family: var(--sans); }
.map text { fill: var(--ink); font-size: 12px; }
.map.paths .strong { font-size: 15px; }
.map.paths .workload { font-size: 13.5px; }
.map.paths .port { font-size: 13px; }
.map .strong { font-size: 13px; font-weight: 650; }
.map .title { font-size: 16px; font-weight: 700; }
.map .mono { font-family: var(--mono); font-size: 12px; fill: var(--muted); }
.map .workload { fill: var(--ink); }
.map .port { font-size: 11px; fill: var(--muted); stroke: var(--sunken); stroke-width: 4px; paint-order: stroke; }
.map .vpc { fill: var(--surface); stroke: var(--muted); stroke-width: 1.4; }
.map .zone { fill: var(--sunken); stroke: var(--line); stroke-dasharray: 5 4; }
.map .subnet rect { stroke-width: 1.2; fill: var(--sunken); stroke: var(--line); }
.map .subnet.public rect, .map .node.public rect, .map .node.internet rect, .map .gateway rect, .map .outside rect { fill: var(--public-bg); stroke: var(--public-line); }
.map .subnet.outbound rect { fill: var(--outbound-bg); stroke: var(--outbound-line); }
.map .subnet.isolated rect { fill: var(--isolated-bg); stroke: var(--isolated-line); }
.map .subnet.public .reach, .map .gateway text { fill: var(--public-ink); }
.map .subnet.outbound .reach { fill: var(--outbound-ink); }
.map .subnet.isolated .reach { fill: var(--isolated-ink); }
.map .strip rect { fill: var(--isolated-bg); stroke: var(--isolated-line); }
.map .node rect { fill: var(--surface); stroke: var(--outbound-line); stroke-width: 1.3; }
.map .node.outside rect { fill: var(--sunken); stroke: var(--muted); stroke-dasharray: 5 4; }
.map .node .workload { fill: var(--muted); }
.map .wire { fill: none; stroke: var(--muted); stroke-width: 1.4; marker-end: url(#tip); }
.map .wire.both { marker-start: url(#tip); }
.tip { fill: var(--muted); }
.defs { position: absolute; width: 0; height: 0; }
.visually-hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
@media (max-width: 900px) {
  .map { max-width: none; }
}
@media (max-width: 640px) {
  .filter { grid-template-columns: 1fr; }
  .tiles { grid-template-columns: 1fr 1fr; }
  .tile b { font-size: 1.25rem; }
}
@media print {
  .jump, .filter { display: none; }
  .frame.tall { max-height: none; }
  section { break-inside: avoid-page; border: 0; padding: 0; }
}
`;
