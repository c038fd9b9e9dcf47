import type { Scenario } from '../scenario/scenario.ts';
import { catalogs } from './bundle.ts';
import { h } from './dom.ts';

/** Checkboxes for all proposals, those of the scenario first; at least one stays checked. */
export function variantChoice(
  scenario: Scenario,
  choose: (variants: readonly string[]) => void,
): HTMLElement {
  const own = [...Object.keys(scenario.masks), ...Object.keys(scenario.derived)];
  const others = catalogs.variants.names().filter((name) => !scenario.variants.includes(name));
  const chosen = new Set(scenario.variants);
  const tell = () => {
    const order = [...scenario.variants, ...others];
    choose(order.filter((name) => chosen.has(name)));
  };
  const box = (name: string): HTMLElement => {
    // A scenario's own masks always run: they stand in it for that.
    const fixed = own.includes(name);
    const input = h('input', { type: 'checkbox', value: name, checked: chosen.has(name) });
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
    ...scenario.variants.map(box),
    h('details', {}, h('summary', {}, `More proposals (${others.length})`), ...others.map(box)),
  );
}
