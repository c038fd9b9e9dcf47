import { scaleLinear } from 'd3-scale';
import type { DecideStep } from '../model/decision-recorder.ts';
import type { ZoneConfig } from '../model/machine-config.ts';
import { drawing, element } from '../report/plot/svg.ts';

// The zones while one step of a request is looked at: a bar is what is free, thin rules are the
// watermarks, the thick one is what this request needs here and now.
//
//   DMA32  ██████████│    ┃ needs 358          refused: free 143
//                  min low

const WIDTH = 640;
const LEFT = 64;
const RIGHT = 24;
const ROW = 78;
const BAR = 20;
const TOP = 26;

export function decisionPicture(
  zones: readonly ZoneConfig[],
  checks: readonly DecideStep[],
): string {
  const rows = zones.flatMap((zone, i) => {
    const check = checks.findLast((one) => one.zone === zone.name && one.passed !== undefined);
    return zoneRow(zone, check, TOP + i * ROW);
  });
  const says = {
    title: 'free pages of each zone, and the mark that this step tests',
    description: zones.map((zone) => zoneText(zone, checks)).join('; '),
  };
  return drawing({ width: WIDTH, height: TOP + zones.length * ROW - 8 }, says, rows);
}

function zoneText({ name, free }: ZoneConfig, checks: readonly DecideStep[]): string {
  const check = checks.findLast((one) => one.zone === name && one.passed !== undefined);
  if (check === undefined) return `${name}: ${free.pages} free`;
  const verdict = check.passed === true ? 'passes' : 'is refused';
  return `${name}: ${check.free} free, the request needs ${check.needed} and ${verdict}`;
}

function zoneRow(zone: ZoneConfig, check: DecideStep | undefined, y: number): string[] {
  const { name, watermarks, free } = zone;
  const pages = check?.free ?? free.pages;
  const needed = check?.needed;
  const end = 1.6 * Math.max(watermarks.high, needed ?? 0, 1);
  const x = scaleLinear([0, end], [LEFT, WIDTH - RIGHT]).clamp(true);
  const isMore = pages > end;
  const bar = { x: LEFT, y, width: x(pages) - LEFT, height: BAR };
  const marks = (['min', 'low', 'high'] as const).flatMap((mark) => {
    const at = x(watermarks[mark]);
    return [
      element('line', { x1: at, x2: at, y1: y - 4, y2: y + BAR + 4, class: `mark ${mark}` }),
      element('text', { x: at, y: y + BAR + 17, class: 'tick', 'text-anchor': 'middle' }, [
        `${mark} ${watermarks[mark]}`,
      ]),
    ];
  });
  // Marks that are close share a line of text: the lower one's stands to the left of it.
  const label = element('text', { x: LEFT - 8, y: y + 15, 'text-anchor': 'end' }, [name]);
  const text = isMore ? `${pages} free …` : `${pages} free`;
  const inside = x(pages) - LEFT > 90;
  const said = inside
    ? { x: x(pages) - 8, 'text-anchor': 'end', class: 'inside' }
    : { x: x(pages) + 6, class: 'tick' };
  return [
    label,
    element('rect', { ...bar, x: LEFT, width: WIDTH - RIGHT - LEFT, class: 'trough' }),
    element('rect', { ...bar, class: 'pages' }),
    element('text', { ...said, y: y + 14 }, [text]),
    ...marks,
    ...(needed === undefined
      ? []
      : needle(x(needed), y, { needed, passed: check?.passed === true })),
  ];
}

function needle(
  at: number,
  y: number,
  { needed, passed }: { readonly needed: number; readonly passed: boolean },
): string[] {
  const kind = passed ? 'needs passed' : 'needs refused';
  const anchor = at > WIDTH / 2 ? 'end' : 'start';
  const text = `${passed ? '✓ passes' : '✕ refused'}: needs ${needed}`;
  return [
    element('line', { x1: at, x2: at, y1: y - 8, y2: y + BAR + 4, class: kind }),
    element('text', { x: at, y: y - 11, class: kind, 'text-anchor': anchor }, [text]),
  ];
}
