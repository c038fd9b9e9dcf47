import { h } from './dom.ts';
import type { Field } from './fields.ts';

/** While somebody types a number, the runs wait for the next digit. */
const PAUSE_MS = 300;

export interface FieldEvents {
  /** An empty text: what holds where nothing is written. */
  change(path: string, text: string): void;
}

/** A labelled input with its unit and what it means; its id follows from its path. */
export function fieldView(field: Field, value: string, events: FieldEvents): HTMLElement {
  const { path, label, unit, about } = field;
  const id = fieldId(path);
  const input = inputOf(field, value);
  input.id = id;
  input.setAttribute('aria-describedby', `${id}-about ${id}-fault`);
  let timer: ReturnType<typeof setTimeout> | undefined;
  const tell = () => {
    clearTimeout(timer);
    events.change(path, input.value.trim());
  };
  input.addEventListener('change', tell);
  if (field.kind === 'number') {
    input.addEventListener('input', () => {
      clearTimeout(timer);
      timer = setTimeout(tell, PAUSE_MS);
    });
  }
  const hint = about === '' ? '' : about;
  return h(
    'div',
    { class: 'field' },
    h('label', { for: id }, label, ...(unit === '' ? [] : [h('span', { class: 'unit' }, unit)])),
    input,
    h('span', { class: 'about', id: `${id}-about` }, hint),
    h('span', { class: 'fault', id: `${id}-fault`, role: 'alert' }),
  );
}

function inputOf(field: Field, value: string): HTMLInputElement | HTMLSelectElement {
  const { kind, choices = [], standing } = field;
  if (kind !== 'choice') {
    const input = h('input', { type: 'text', placeholder: standing, autocomplete: 'off' });
    if (kind === 'number') input.inputMode = 'numeric';
    input.spellcheck = false;
    input.value = value;
    return input;
  }
  const nothing = h('option', { value: '' }, `${standing} (default)`);
  const select = h(
    'select',
    {},
    nothing,
    ...choices.map((one) => h('option', { value: one }, one)),
  );
  select.value = choices.includes(value) ? value : '';
  return select;
}

export function fieldId(path: string): string {
  return `field-${path.replace(/[^A-Za-z0-9_-]/g, '-')}`;
}

/** Shows a message at its field; false: there is no such field. */
export function showFault(path: string, message: string): boolean {
  const place = document.getElementById(`${fieldId(path)}-fault`);
  if (place === null) return false;
  place.textContent = message;
  document.getElementById(fieldId(path))?.setAttribute('aria-invalid', 'true');
  place.closest('details')?.setAttribute('open', '');
  return true;
}

export function clearFaults(): void {
  for (const place of document.querySelectorAll('.fault')) place.textContent = '';
  for (const input of document.querySelectorAll('[aria-invalid]')) {
    input.removeAttribute('aria-invalid');
  }
}
