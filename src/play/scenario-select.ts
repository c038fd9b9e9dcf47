import { h } from './dom.ts';
import { fieldId } from './field-view.ts';

/** Which scenario to begin with; a change of it takes all other changes back. */
export function scenarioSelect(
  names: readonly string[],
  chosen: string,
  choose: (name: string) => void,
): HTMLElement {
  const id = fieldId('scenario');
  const folders = [...new Set(names.map(folderOf))];
  const groups = folders.map((folder) => {
    const own = names.filter((name) => folderOf(name) === folder);
    const options = own.map((name) =>
      h('option', { value: name }, name.slice(name.lastIndexOf('/') + 1)),
    );
    return h('optgroup', { label: folder === '' ? 'more scenarios' : folder }, ...options);
  });
  const select = h('select', { id }, ...groups);
  select.value = chosen;
  select.addEventListener('change', () => choose(select.value));
  return h(
    'div',
    { class: 'field scenario' },
    h('label', { for: id }, 'Scenario'),
    select,
    h(
      'span',
      { class: 'about' },
      'Another one starts afresh. One that reads copies of /proc of its own runs on the ' +
        'command line alone: a page cannot read files.',
    ),
  );
}

function folderOf(name: string): string {
  return name.slice(0, Math.max(0, name.lastIndexOf('/')));
}
