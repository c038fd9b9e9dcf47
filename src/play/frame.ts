import { version } from 'gfpsim:version';
import { find, h } from './dom.ts';

/** The page's parts in their order; each is filled where its numbers come from. */
export function frame(stop: () => void): HTMLElement[] {
  const skip = h('button', { type: 'button', class: 'skip' }, 'Skip to the results');
  skip.addEventListener('click', () => find('results').focus());
  const halt = h('button', { type: 'button', id: 'stop', hidden: true }, 'Stop');
  halt.addEventListener('click', stop);
  return [
    skip,
    h(
      'header',
      {},
      h('p', { class: 'brand' }, h('b', {}, 'gfpsim'), ` playground ${version}`),
      h('h1', { id: 'question' }),
      h('p', { id: 'fault', class: 'fault', role: 'alert' }),
      h('div', { id: 'verdict', role: 'status' }),
      h(
        'div',
        { class: 'running' },
        h('progress', { id: 'progress', 'aria-labelledby': 'progress-text' }),
        h('span', { id: 'progress-text', class: 'about' }, 'no runs yet'),
        halt,
      ),
    ),
    h(
      'div',
      { class: 'columns' },
      experiment(),
      h('main', { id: 'results', tabindex: -1 }, ...sections()),
    ),
  ];
}

/** Beside its results where there is room; folded above them where there is not. */
function experiment(): HTMLElement {
  return h(
    'details',
    { id: 'experiment', open: matchMedia('(min-width: 60rem)').matches },
    h('summary', {}, 'The experiment'),
    h('form', { id: 'controls', 'aria-label': 'The experiment', autocomplete: 'off' }),
  );
}

function sections(): HTMLElement[] {
  return [
    section(
      'runs',
      'Free pages against the watermarks',
      'The first seed, a panel a proposal, all with the same axes (pages by square roots). In ' +
        'the band from min to high kswapd reclaims; in the shaded reserve below min only urgent ' +
        'requests are served. The bar below each curve: kmemleak looks for leaks until it dies.',
    ),
    section('life', 'How long kmemleak lived', 'The same runs on one axis of time.'),
    section('numbers', 'All proposals in numbers', 'Over all seeds, compared seed by seed.'),
    section('intervals', 'How sure the differences are', ''),
    section(
      'decision',
      'One request, step by step',
      'Where the kernel looks for a page, in its own order, and which watermark lets the request ' +
        'through or not. It begins with the request that kmemleak died of, if it did.',
    ),
    section('take', 'Take it with you', ''),
  ];
}

function section(id: string, title: string, about: string): HTMLElement {
  return h(
    'section',
    { 'aria-labelledby': `${id}-title` },
    h('h2', { id: `${id}-title` }, title),
    ...(about === '' ? [] : [h('p', { class: 'about' }, about)]),
    h('div', { id }),
  );
}
