type Attribute = string | number | boolean | undefined;

/** An element with its attributes and children; a true attribute stands bare, a false one not. */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Readonly<Record<string, Attribute>> = {},
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) continue;
    element.setAttribute(name, value === true ? '' : String(value));
  }
  element.append(...children);
  return element;
}

/** A drawing of report/plot, whose texts are escaped where it is made. */
export function svg(markup: string): Element {
  const holder = document.createElement('div');
  holder.innerHTML = markup;
  return holder.firstElementChild!;
}

/** A table with a heading row; the first cell of each row names it. */
export function table(
  caption: string,
  heading: readonly string[],
  rows: readonly (readonly (Node | string)[])[],
): HTMLElement {
  const head = heading.map((text) => h('th', { scope: 'col' }, text));
  const body = rows.map(([name = '', ...cells]) =>
    h('tr', {}, h('th', { scope: 'row' }, name), ...cells.map((cell) => cellOf(cell))),
  );
  // What may scroll can be reached by keyboard.
  return h(
    'div',
    { class: 'wide', tabindex: 0, role: 'region', 'aria-label': caption },
    h(
      'table',
      {},
      h('caption', {}, caption),
      h('thead', {}, h('tr', {}, ...head)),
      h('tbody', {}, ...body),
    ),
  );
}

function cellOf(cell: Node | string): HTMLElement {
  return cell instanceof HTMLTableCellElement ? cell : h('td', {}, cell);
}

/** More than a glance needs: there, but folded. */
export function folded(summary: string, ...children: readonly (Node | string)[]): HTMLElement {
  return h('details', {}, h('summary', {}, summary), ...children);
}

export function find(id: string): HTMLElement {
  const element = document.getElementById(id);
  if (element === null) throw new Error(`the page has no #${id}`);
  return element;
}
