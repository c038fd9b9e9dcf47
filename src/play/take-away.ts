import { h } from './dom.ts';

/** A text with a button that copies it; where a browser forbids that, it is selected instead. */
export function copyBox(id: string, label: string, text: string): HTMLElement {
  const code = h('pre', { id, tabindex: 0, 'aria-label': label }, text);
  return h(
    'div',
    { class: 'copy' },
    h(
      'h3',
      {},
      label,
      ' ',
      copyButton(() => text, code),
    ),
    code,
  );
}

export function copyButton(text: () => string, shown?: HTMLElement): HTMLElement {
  const button = h('button', { type: 'button' }, 'Copy');
  const said = h('span', { class: 'about', role: 'status' });
  button.addEventListener('click', async () => {
    try {
      await navigator.clipboard.writeText(text());
      said.textContent = ' copied';
    } catch {
      if (shown !== undefined) getSelection()?.selectAllChildren(shown);
      said.textContent = ' selected: press Ctrl+C';
    }
  });
  return h('span', {}, button, said);
}

/** A button that saves a text as a file, made when it is pressed. */
export function downloadButton(
  label: string,
  name: string,
  text: () => Promise<string>,
): HTMLElement {
  const button = h('button', { type: 'button' }, label);
  button.addEventListener('click', async () => {
    const address = URL.createObjectURL(new Blob([await text()], { type: 'text/csv' }));
    h('a', { href: address, download: name }).click();
    // Once the browser has begun to read it.
    setTimeout(() => URL.revokeObjectURL(address), 10_000);
  });
  return button;
}
