/** The page's only style sheet: light and dark, on screen and on paper. */
export const PAGE_STYLE = `
:root { color-scheme: light dark; --ink: #1a1a1a; --paper: #fff; --faint: #6a6a6a; --line: #d8d8d8;
  --good: #00664b; --bad: #a33b00; --box: #f4f4f2; }
@media (prefers-color-scheme: dark) { :root { --ink: #eaeaea; --paper: #161616; --faint: #a6a6a6;
  --line: #3c3c3c; --good: #4cc9a4; --bad: #ff9a5c; --box: #222; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 60rem; padding: 1.5rem 1rem 4rem; background: var(--paper);
  color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.3rem; margin-top: 3rem; } h3 { font-size: 1.05rem; }
.question { font-size: 1.15rem; font-weight: 600; }
.verdict { border-left: .4rem solid var(--good); background: var(--box); padding: .7rem 1rem;
  font-size: 1.1rem; }
.verdict p { margin: .2rem 0; } .faint, .warning { color: var(--faint); }
.wide { overflow-x: auto; } table { border-collapse: collapse; font-size: .9rem; }
th, td { padding: .25rem .6rem; border-bottom: 1px solid var(--line); text-align: right;
  vertical-align: top; white-space: nowrap; }
th:first-child, td:first-child, td:last-child { text-align: left; }
td.better { color: var(--good); font-weight: 600; } td.worse { color: var(--bad);
  font-weight: 600; }
svg { max-width: 100%; height: auto; font: 13px system-ui, sans-serif; fill: var(--ink); }
svg .grid { stroke: var(--line); } svg .rule { stroke: var(--faint); stroke-dasharray: 4 3; }
svg .mark { fill: var(--faint); font-size: 10px; }
svg .tick { fill: var(--faint); font-size: 12px; }
code { background: var(--box); padding: .1rem .3rem; }
@media print { body { max-width: none; font-size: 11pt; } svg, table { break-inside: avoid; }
  h2 { break-before: page; } h2:first-of-type { break-before: auto; } }
`;
