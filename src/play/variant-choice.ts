import type { Scenario } from '../scenario/scenario.ts';
import { catalogs } from './bundle.ts';
import { h } from './dom.ts';
import { fieldId } from './field-view.ts';

/**
 * Checkboxes for all proposals: first those that run or that the scenario itself lists, then,
 * folded, all others. At least one stays checked.
 */
export function variantChoice(
  scenario: Scenario,
  standing: readonly string[],
  choose: (variants: readonly string[]) => void,
): HTMLElement {
  const own = [...Object.keys(scenario.masks), ...Object.keys(scenario.derived)];
  const listed = [...new Set([...standing, ...scenario.variants])];
  const others = catalogs.variants.names().filter((name) => !listed.includes(name));
  const chosen = new Set(scenario.variants);
  const tell = () => {
    const order = [...listed, ...others];
    choose(order.filter((name) => chosen.has(name)));
  };
  const box = (name: string): HTMLElement => {
    // A scenario's own masks always run: they stand in it for that.
    const fixed = own.includes(name);
    const id = fieldId(`variant-${name}`);
    const input = h('input', { type: 'checkbox', id, value: name, checked: chosen.has(name) });
    input.disabled = fixed;
    input.addEventListener('change', () => {
      if (input.checked) chosen.add(name);
      else chosen.delete(name);
      if (chosen.size > 0) {
        tell();
        return;
      }
      chosen.add(name);
      input.checked = true;
    });
    const about = fixed ? 'a mask of this scenario' : catalogs.variants.get(name).summary;
    const text = h('span', {}, h('b', {}, name), ' ', h('span', { class: 'about' }, about));
    return h('label', { class: 'check' }, input, text);
  };
  return h(
    'fieldset',
    {},
    h('legend', {}, 'Proposals'),
    h(
      'p',
      { class: 'about' },
      `The first, ${scenario.variants[0]!}, is what the others are compared with.`,
    ),
    ...listed.map(box),
    h('details', {}, h('summary', {}, `More proposals (${others.length})`), ...others.map(box)),
  );
}
