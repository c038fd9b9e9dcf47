import { GFP_LAYOUTS, type GfpLayout } from '../../kernel/gfp-layouts.ts';
import type { Gfp, KernelProfile } from '../../kernel/kernel-profile.ts';
import { listed, plainName, tellsOf } from './gfp-names.ts';
import { formatGfp, formatNames, hex } from './gfp-print.ts';

// The bits moved four times, so that one number is many masks: a value from the log of another
// kernel is most often told from its own by bits that mean nothing here, or by spelling out single
// flags where its own kernel knew one name for them all.
//
// **Models:** the flag tables of include/linux/gfp.h, 2.6.32 to 6.12. **Departs:** what a number
// alone may have been is a guess, and said as one.

/** Something odd about how a mask was given. */
export interface MaskNote {
  readonly id: string;
  readonly text: string;
}

/** Older masks are so short that they would explain nearly every number. */
const FIRST_CONSIDERED = '4.4 to 4.9';

/** A mask of more names than this is made up from bits, not from what a caller wrote. */
const MOST_NAMES = 5;

/** Which kernels print these words for this number, as the end of a sentence. */
export function foreignWords(value: Gfp, words: string, kernel: KernelProfile): string {
  const said = plain(words);
  const fits = GFP_LAYOUTS.filter(
    (layout) =>
      layout.profile !== kernel.name &&
      tellsOf(layout, value) &&
      plain(formatNames(value, layout.printOrder)) === said,
  );
  if (fits.length === 0) return 'no kernel known here prints the two together';
  return `Linux ${listed(fits.map(described))} ${fits.length > 1 ? 'print' : 'prints'} them so`;
}

/** What a number without words may have meant elsewhere, if here it makes little sense. */
export function foreignReadings(value: Gfp, kernel: KernelProfile): MaskNote[] {
  const own = GFP_LAYOUTS.find(({ profile }) => profile === kernel.name);
  const here = formatGfp(value, kernel).split('|');
  const unknown = (value & ~(own?.known ?? 0)) >>> 0;
  // The bit of lockdep is strange to a profile without it, but not to its kernel.
  const strange = (unknown & ~kernel.gfp.lockdepBit) !== 0;
  // How many times plainer a reading must be to be worth a word.
  const factor = strange ? 1 : here.some(isComposite) ? 4 : mayReclaim(value, kernel) ? 2 : 1;
  const first = GFP_LAYOUTS.findIndex(({ kernels }) => kernels === FIRST_CONSIDERED);
  const readings = new Map<string, GfpLayout[]>();
  for (const layout of strange ? GFP_LAYOUTS : GFP_LAYOUTS.slice(first)) {
    const text = formatNames(value, layout.printOrder);
    const parts = text.split('|');
    const isShort = parts.length <= MOST_NAMES || strange;
    const better = isShort && factor * parts.length <= here.length && isNamed(parts[0]!, strange);
    if ((value & ~layout.known) !== 0 || !tellsOf(layout, value) || !better) continue;
    readings.set(text, [...(readings.get(text) ?? []), layout]);
  }
  return [...readings].map(([text, layouts]) => ({
    id: 'other-kernel',
    text: `a log of Linux ${listed(layouts.map(described))} means ${text} by it`,
  }));
}

/** Digits that would make more sense with the 0x that logs print. */
export function decimalNotes(digits: string, value: Gfp, kernel: KernelProfile): MaskNote[] {
  const asHex = Number(`0x${digits}`);
  if (!/^[1-9][0-9]*$/.test(digits) || asHex > 0xffffffff) return [];
  const [here, meant] = [value, asHex].map((mask) => formatGfp(mask, kernel));
  if (isComposite(here!) || !isComposite(meant!)) return [];
  const text = `${digits} is read as a decimal number, ${hex(value)}; 0x${digits} means ${meant}`;
  return [{ id: 'decimal', text }];
}

/** Whose flag table a release has, in words; undefined for what is no release of 2.6.32 to 6.12. */
export function flagTableOf(release: string): string | undefined {
  const asked = /^v?(\d+\.\d+(?:\.\d+)?)/.exec(release);
  if (asked === null) return undefined;
  const layout = GFP_LAYOUTS.find(({ kernels }) => {
    const [first, last] = kernels.split(' to ');
    return compareReleases(asked[1]!, first!) >= 0 && compareReleases(asked[1]!, last!) <= 0;
  });
  if (layout === undefined) return undefined;
  const { kernels, profile } = layout;
  return profile === undefined
    ? `no profile has the flags of Linux ${kernels}`
    : `its flags are those of --kernel ${profile} (Linux ${kernels})`;
}

/** By as many numbers as the second one has: 5.4.26 is 5.4. */
function compareReleases(release: string, limit: string): number {
  const [numbers, limits] = [release, limit].map((text) => text.split('.').map(Number));
  for (const [i, number] of limits!.entries()) {
    const difference = (numbers![i] ?? 0) - number;
    if (difference !== 0) return difference;
  }
  return 0;
}

/** GFP_KERNEL and the like, which say what kind of caller it is. */
function isComposite(name: string): boolean {
  return /^GFP_(ATOMIC|HIGHUSER|KERNEL|NOFS|NOIO|NOWAIT|TEMPORARY|TRANSHUGE|USER)/.test(name);
}

/** A name for several bits; where bits are strange, a zone by its name is a hint as well. */
function isNamed(name: string, strange: boolean): boolean {
  return isComposite(name) || (strange && /^GFP_DMA/.test(name));
}

/** Whether a mask may reclaim in some way, as nearly all in logs may. */
function mayReclaim(value: Gfp, { gfp }: KernelProfile): boolean {
  return (value & (gfp.bits.DIRECT_RECLAIM | gfp.bits.KSWAPD_RECLAIM)) !== 0;
}

function described({ kernels, profile }: GfpLayout): string {
  return profile === undefined ? kernels : `${kernels} (--kernel ${profile})`;
}

function plain(words: string): string {
  return words.split('|').map(plainName).join('|');
}
