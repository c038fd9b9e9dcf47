/** The page's only style sheet: light and dark, on screen and on paper, on a telephone too. */
export const PAGE_STYLE = `
:root { color-scheme: light dark; --ink: #1a1a1a; --paper: #fff; --faint: #5f5f5f; --line: #d8d8d8;
  --good: #00664b; --bad: #a33b00; --box: #f4f4f2; }
@media (prefers-color-scheme: dark) { :root { --ink: #eaeaea; --paper: #161616; --faint: #a6a6a6;
  --line: #3c3c3c; --good: #4cc9a4; --bad: #ff9a5c; --box: #222; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink);
  font: 16px/1.5 system-ui, "DejaVu Sans", sans-serif; overflow-wrap: anywhere; }
main { margin: 0 auto; max-width: 66rem; padding: 1rem 1rem 4rem; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: .2rem 0 1rem; }
h2 { font-size: 1.35rem; margin-top: 3rem; } h3 { font-size: 1.1rem; margin: 2rem 0 .3rem; }
a { color: inherit; } .question { font-size: 1.1rem; font-weight: 600; }
.verdict { border-left: .4rem solid var(--good); background: var(--box); padding: .8rem 1rem;
  font-size: 1.15rem; font-weight: 600; }
.verdict p { margin: .2rem 0; } .faint, figcaption { color: var(--faint); }
header.pictured { display: grid; gap: 0 2.5rem; grid-template-columns: 1fr 27rem;
  grid-template-rows: auto 1fr; }
.picture { grid-column: 2; grid-row: 1 / 3; } .picture h2 { margin: .6rem 0 0; }
.picture figure { margin: 0; } .picture svg { width: 100%; min-width: 0; }
.why { grid-column: 1; } .why p { margin: .8rem 0; }
@media (max-width: 56rem) { header.pictured { display: block; } h1 { font-size: 1.3rem; }
  .verdict { font-size: 1.05rem; } }
figure { margin: 2rem 0 .5rem; } figure h3 { margin: 0 0 .3rem; }
figcaption { max-width: 46rem; margin-bottom: .6rem; font-size: .95rem; }
.wide { overflow-x: auto; } table { border-collapse: collapse; font-size: .9rem; }
th, td { padding: .25rem .6rem; border-bottom: 1px solid var(--line); text-align: right;
  vertical-align: top; white-space: nowrap; overflow-wrap: normal; }
th:first-child, td:first-child, td:last-child { text-align: left; }
.prose th, .prose td { text-align: left; white-space: normal; }
.prose td + td { min-width: 14rem; }
td.better { color: var(--good); font-weight: 600; } td.worse { color: var(--bad);
  font-weight: 600; }
svg { display: block; width: 100%; min-width: 36rem; max-width: 50rem; height: auto;
  color: var(--ink); fill: var(--ink); font: 13px system-ui, "DejaVu Sans", sans-serif; }
svg .grid { stroke: var(--line); } svg .rule { stroke: var(--faint); stroke-dasharray: 4 3; }
svg .mark { fill: var(--faint); font-size: 10px; } svg .strong { font-weight: bold; }
svg .tick { fill: var(--faint); font-size: 12px; }
svg .band { fill: var(--faint); fill-opacity: .3; }
summary { cursor: pointer; color: var(--faint); margin: .4rem 0; }
pre { background: var(--box); padding: .6rem .8rem; white-space: pre-wrap; }
@media print { main { max-width: none; padding: 0; } body { font-size: 10pt; }
  figure, svg, tr { break-inside: avoid; } h2, h3 { break-after: avoid; }
  section { break-before: page; } .wide { overflow: visible; } svg { min-width: 0; }
  th, td { white-space: normal; overflow-wrap: anywhere; padding: .2rem .3rem; }
  table { font-size: 8pt; } .prose td + td { min-width: 0; }
  header.pictured { grid-template-columns: 1fr 21rem; display: grid; }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; } }
`;
