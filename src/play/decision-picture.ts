import { scaleLinear } from 'd3-scale';
import type { DecideStep } from '../model/decision-recorder.ts';
import type { ZoneConfig } from '../model/machine-config.ts';
import { drawing, element } from '../report/plot/svg.ts';

// The zones while one step of a request is looked at: a bar is what is free, thin rules are the
// watermarks, the thick one is what this request needs here and now.
//
//                 ✕ refused: needs 358
//   DMA32  ██████████│    ┃
//          143 free; min 286, low 357, high 428

const WIDEST = 640;
const LEFT = 64;
const RIGHT = 24;
const ROW = 78;
const BAR = 20;
const TOP = 26;

export function decisionPicture(
  zones: readonly ZoneConfig[],
  checks: readonly DecideStep[],
  screen: number,
): string {
  const width = Math.min(WIDEST, Math.max(280, screen));
  const rows = zones.flatMap((zone, i) => {
    const check = checks.findLast((one) => one.zone === zone.name && one.passed !== undefined);
    return zoneRow(zone, check, { y: TOP + i * ROW, width });
  });
  const says = {
    title: 'free pages of each zone, and the mark that this step tests',
    description: zones.map((zone) => zoneText(zone, checks)).join('; '),
  };
  return drawing({ width, height: TOP + zones.length * ROW - 8 }, says, rows);
}

function zoneText({ name, free }: ZoneConfig, checks: readonly DecideStep[]): string {
  const check = checks.findLast((one) => one.zone === name && one.passed !== undefined);
  if (check === undefined) return `${name}: ${free.pages} free`;
  const verdict = check.passed === true ? 'passes' : 'is refused';
  return `${name}: ${check.free} free, the request needs ${check.needed} and ${verdict}`;
}

interface Row {
  readonly y: number;
  readonly width: number;
}

function zoneRow(zone: ZoneConfig, check: DecideStep | undefined, row: Row): string[] {
  const { y, width } = row;
  const right = width - RIGHT;
  const { name, watermarks, free } = zone;
  const pages = check?.free ?? free.pages;
  const needed = check?.needed;
  const end = 1.6 * Math.max(watermarks.high, needed ?? 0, 1);
  const x = scaleLinear([0, end], [LEFT, right]).clamp(true);
  const bar = { x: LEFT, y, width: x(pages) - LEFT, height: BAR };
  const names = ['min', 'low', 'high'] as const;
  const marks = names.map((mark) => {
    const at = x(watermarks[mark]);
    return element('line', { x1: at, x2: at, y1: y - 4, y2: y + BAR + 4, class: `mark ${mark}` });
  });
  // In one line: they stand too close for a text each.
  const said = names.map((mark) => `${mark} ${watermarks[mark]}`).join(', ');
  const legend = { x: LEFT, y: y + BAR + 17, class: 'tick' };
  const label = element('text', { x: LEFT - 8, y: y + 15, 'text-anchor': 'end' }, [name]);
  return [
    label,
    element('rect', { ...bar, x: LEFT, width: right - LEFT, class: 'trough' }),
    element('rect', { ...bar, class: 'pages' }),
    ...marks,
    element('text', legend, [`${pages} free; ${said}`]),
    ...(needed === undefined
      ? []
      : needle(x(needed), row, { needed, passed: check?.passed === true })),
  ];
}

function needle(
  at: number,
  { y, width }: Row,
  { needed, passed }: { readonly needed: number; readonly passed: boolean },
): string[] {
  const kind = passed ? 'needs passed' : 'needs refused';
  const anchor = at > width / 2 ? 'end' : 'start';
  const text = `${passed ? '✓ passes' : '✕ refused'}: needs ${needed}`;
  return [
    element('line', { x1: at, x2: at, y1: y - 8, y2: y + BAR + 4, class: kind }),
    element('text', { x: at, y: y - 11, class: kind, 'text-anchor': anchor }, [text]),
  ];
}
