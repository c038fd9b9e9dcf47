import type { Named } from '../../base/catalog.ts';
import { DEFAULT_OUT } from '../batch-options.ts';
import type { ValueWords } from '../command.ts';

/** A word that may stand somewhere, and what it means. */
export interface Candidate {
  readonly word: string;
  readonly describe: string;
}

/** What may stand for a value: some words, and perhaps the name of any file or folder. */
export interface ValueCandidates {
  readonly candidates: readonly Candidate[];
  readonly paths: 'none' | 'files' | 'folders';
  /** Several of them may be joined by commas. */
  readonly isList: boolean;
}

/** Where words come from: the catalogs that the commands themselves read. */
const SOURCES: Readonly<Record<string, () => Promise<Candidate[]>>> = {
  '<kernels>': async () => fromCatalog((await (await catalogs()).loadKernels()).all()),
  '<variants>': async () => fromCatalog((await (await catalogs()).loadVariants()).all()),
  '<metrics>': async () => fromCatalog((await (await catalogs()).loadMetrics()).all()),
  '<names>': async () => fromCatalog(await (await import('./explanations.ts')).explanations()),
  '<groups>': async () => fromCatalog((await (await catalogs()).loadFidelityGroups()).all()),
  '<scenarios>': async () => plain((await import('../selection/suites.ts')).bundledNames()),
  '<results>': async () =>
    plain((await import('../stored/stored-folder.ts')).resultsIn(DEFAULT_OUT)),
  '<baselines>': async () =>
    plain((await import('../baselines/baseline-files.ts')).baselineNames(DEFAULT_OUT)),
};

/** All that a declaration of words stands for. */
export async function candidatesOf(
  words: ValueWords,
  formats: readonly string[],
): Promise<ValueCandidates> {
  const lists = words.map((word): Promise<Candidate[]> | Candidate[] => {
    if (word === '<formats>') return plain(formats);
    if (word === '<formats=>') return plain(formats.map((format) => `${format}=`));
    if (word === '<files>' || word === '<folders>') return [];
    return SOURCES[word]?.() ?? plain([word]);
  });
  const candidates = (await Promise.all(lists)).flat();
  const has = (word: string) => words.includes(word);
  const paths = has('<files>') ? 'files' : has('<folders>') ? 'folders' : 'none';
  return { candidates, paths, isList: has('<variants>') };
}

/** Is it a word of its own, or a source that is known? */
export function isKnownWord(word: string): boolean {
  const isSource = /^<.*>$/.test(word);
  return !isSource || Object.hasOwn(SOURCES, word) || OTHER_SOURCES.includes(word);
}

const OTHER_SOURCES = ['<formats>', '<formats=>', '<files>', '<folders>'];

function catalogs() {
  return import('../load-catalogs.ts');
}

function fromCatalog(entries: readonly Named[]): Candidate[] {
  return entries.map(({ name, summary }) => ({ word: name, describe: summary }));
}

function plain(words: readonly string[]): Candidate[] {
  return words.map((word) => ({ word, describe: '' }));
}
