/** An SVG element or text as markup; attributes in the order given, numbers to two decimals. */
export function element(
  name: string,
  attributes: Readonly<Record<string, string | number>>,
  children: readonly string[] = [],
): string {
  const written = Object.entries(attributes)
    .map(
      ([key, value]) => ` ${key}="${typeof value === 'number' ? point(value) : escapeText(value)}"`,
    )
    .join('');
  if (children.length === 0) return `<${name}${written}/>`;
  return `<${name}${written}>${children.join('')}</${name}>`;
}

/** What HTML and XML would take for markup of their own. */
export function escapeText(text: string): string {
  return text
    .replace(/\s+/g, ' ')
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/"/g, '&quot;');
}

/** A drawing that says what it shows to those who do not see it. */
export function drawing(
  size: { readonly width: number; readonly height: number },
  says: { readonly title: string; readonly description: string },
  children: readonly string[],
): string {
  const { width, height } = size;
  const title = element('title', {}, [escapeText(says.title)]);
  const description = element('desc', {}, [escapeText(says.description)]);
  const box = `0 0 ${width} ${height}`;
  return element(
    'svg',
    { xmlns: 'http://www.w3.org/2000/svg', viewBox: box, width, height, role: 'img' },
    [title, description, ...children],
  );
}

/** What a drawing looks like where no page says it; on paper of its own, whatever is behind. */
const STANDALONE_STYLE = [
  'svg{color:#1a1a1a;fill:#1a1a1a;font-family:"DejaVu Sans",Verdana,sans-serif;font-size:13px}',
  '.paper{fill:#fff}.grid{stroke:#d8d8d8}.rule{stroke:#6a6a6a;stroke-dasharray:4 3}',
  '.tick{fill:#6a6a6a;font-size:12px}.mark{fill:#6a6a6a;font-size:10px}',
  '.strong{font-weight:bold}.band{fill:#6a6a6a;fill-opacity:.3}',
  '@media(prefers-color-scheme:dark){svg{color:#eaeaea;fill:#eaeaea}.paper{fill:#161616}',
  '.grid{stroke:#3c3c3c}.rule{stroke:#a6a6a6}.tick,.mark,.band{fill:#a6a6a6}}',
].join('');

/** A drawing as a file of its own, which follows the reader's light or dark by itself. */
export function standalone(svg: string): string {
  const end = svg.indexOf('</desc>') + '</desc>'.length;
  const paper = element('rect', { class: 'paper', width: '100%', height: '100%' });
  return `${svg.slice(0, end)}<style>${STANDALONE_STYLE}</style>${paper}${svg.slice(end)}\n`;
}

function point(value: number): string {
  const text = value.toFixed(2).replace(/\.?0+$/, '');
  return text === '-0' ? '0' : text;
}
