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

function point(value: number): string {
  const text = value.toFixed(2).replace(/\.?0+$/, '');
  return text === '-0' ? '0' : text;
}
