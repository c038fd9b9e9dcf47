import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { initWasm, Resvg } from '@resvg/resvg-wasm';
import { unpackWoff } from './woff.ts';

const require = createRequire(import.meta.url);
const FAMILY = 'DejaVu Sans';
const FONTS = ['400', '700'].map(
  (weight) => `@fontsource/dejavu-sans/files/dejavu-sans-latin-${weight}-normal.woff`,
);
/** Sharp on a dense screen, and in a slide. */
const ZOOM = 2;

let fonts: Promise<readonly Uint8Array[]> | undefined;

/**
 * An SVG drawing as PNG. Painter and fonts come with the program and look at nothing of the
 * system, so that the bytes are the same everywhere.
 */
export async function paint(svg: string): Promise<Uint8Array> {
  fonts ??= prepare();
  const font = {
    fontBuffers: [...(await fonts)],
    defaultFontFamily: FAMILY,
    sansSerifFamily: FAMILY,
  };
  const painter = new Resvg(svg, { font, fitTo: { mode: 'zoom', value: ZOOM } });
  const painted = painter.render();
  const bytes = painted.asPng();
  painted.free();
  painter.free();
  return bytes;
}

async function prepare(): Promise<readonly Uint8Array[]> {
  await initWasm(readFileSync(require.resolve('@resvg/resvg-wasm/index_bg.wasm')));
  return FONTS.map((name) => unpackWoff(readFileSync(require.resolve(name))));
}
