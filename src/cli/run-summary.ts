import type { RunTally } from './run-tally.ts';
import type { Snapshot } from './supervisor/control-frames.ts';

export interface RunEnd {
  readonly runId: string;
  /** Only the view of it has closed. */
  readonly goesOn?: boolean;
  /** Of the run folder, as it is shown. */
  readonly folder: string;
  /** How our commands are called here. */
  readonly command: string;
  readonly play: Snapshot['play'];
  readonly counts: { readonly delivered: number; readonly undelivered: number };
  readonly undelivered: ReturnType<RunTally['lastUndelivered']>;
}

/** What stays in the terminal of a dashboard that has closed: what ran, how it came out, where to look further. */
export function runSummary({
  runId,
  goesOn = false,
  folder,
  command,
  play,
  counts,
  undelivered,
}: RunEnd): string[] {
  const { delivered, undelivered: not } = counts;
  const what = goesOn ? 'goes on' : 'has ended';
  const where = goesOn ? `Its folder is ${folder}.` : `It is kept in ${folder}.`;
  return [
    `Run ${runId} ${what}: ${delivered} delivered, ${not} not. ${where}`,
    ...(play ? [outcome(play)] : []),
    ...(undelivered
      ? [`Why did ${undelivered.to ?? 'the last one'} not get it? ${command} explain ${undelivered.event}`]
      : []),
    ...(play?.state === 'ended' ? play.report : []),
  ];
}

function outcome(play: NonNullable<Snapshot['play']>): string {
  return play.state === 'ended'
    ? `${play.name}: ${play.verdict} in ${(play.ms / 1000).toFixed(1)} s`
    : `${play.name}: left before its verdict`;
}
