import { type FaultInForce, faultInWords } from '../faults.ts';
import { joined, type Line, spread } from '../line.ts';
import { theme } from '../theme.ts';
import type { Scene } from '../view/scene.ts';

/** Which run this is, how fast it goes, and what is broken on purpose. */
export function headerLines({ facts, frame, layout: { width } }: Scene): Line[] {
  const { feed, began, arrived, faults } = frame.model;
  const { runId, phase, readyMs, topology, relayUrl, pages } = facts;
  const ready = phase === 'ready' && readyMs !== undefined ? `ready in ${Math.round(readyMs)} ms` : phase;
  const state: Line = [[ready, phase === 'ready' ? 'good' : phase === 'failed' ? 'bad' : 'waiting']];
  const perSecond = (rate: number): string => `${rate >= 100 ? Math.round(rate) : rate.toFixed(1)}/s`;
  return [
    spread(joined([[['collab-dev', 'strong']], [[runId, 'dim']], state], ['  ']), [], width),
    spread(
      joined(
        [
          topology ? [[`topology ${topology}`, 'dim']] : [],
          relayUrl ? [[`relay ${relayUrl}`, 'dim']] : [],
          pages ? [[`pages ${pages}`, 'dim']] : [],
        ],
        ['  '],
      ),
      [
        ['events ', 'dim'],
        [perSecond(began.perSecond(frame.now))],
        ['  delivered ', 'dim'],
        [perSecond(arrived.perSecond(frame.now))],
      ],
      width,
    ),
    spread(
      faultLine([...faults.values()]),
      [
        [theme.ends.delivered.glyph, theme.ends.delivered.tone],
        [` ${feed.delivered} delivered  `],
        [theme.ends.undelivered.glyph, theme.ends.undelivered.tone],
        [` ${feed.undelivered} not delivered`],
      ],
      width,
    ),
  ];
}

function faultLine(faults: readonly FaultInForce[]): Line {
  return faults.length === 0
    ? [['no fault in force', 'dim']]
    : [
        [` ${theme.fault.glyph} ${faults.length} in force `, 'alarm'],
        ['  '],
        ...joined(
          faults.map((fault) => [[faultInWords(fault), theme.fault.tone]]),
          [', ', 'dim'],
        ),
      ];
}
