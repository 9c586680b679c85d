import { wrapped } from '../cells.ts';
import { duration } from '../duration.ts';
import { type Line, spread } from '../line.ts';
import { withPositionNames } from '../position-name.ts';
import { doneSteps, type ScenarioProgress, type ScenarioStep } from '../scenario.ts';
import { theme } from '../theme.ts';

/** The steps as they go on, which failed and why, and the verdict with what there is to say about it. */
export function scenarioLines(
  scenario: ScenarioProgress | undefined,
  report: readonly string[],
  width: number,
): Line[] {
  if (!scenario) return [[['No scenario has been played.', 'dim']]];
  const { steps, total, verdict } = scenario;
  const { glyph, tone } = theme.verdict(verdict);
  const left = total === undefined ? 0 : total - steps.length;
  const state = verdict ?? `${doneSteps(scenario)}${total === undefined ? '' : `/${total}`}`;
  return [
    spread(
      [
        [`${glyph} `, tone],
        [scenario.name, 'strong'],
      ],
      [[state, tone]],
      width,
    ),
    ...steps.flatMap((step) => stepLines(step, width)),
    ...(left > 0 && !verdict ? [[[`  ${theme.ten.unseen.glyph} ${left} more`, 'dim'] as const]] : []),
    ...report.flatMap((text) => wrapped(text, width - 2).map((part): Line => [[`  ${part}`, tone]])),
  ];
}

function stepLines({ text, state, ms, problem }: ScenarioStep, width: number): Line[] {
  const { glyph, tone } = theme.step(state);
  const line = spread(
    [
      [`  ${glyph} `, tone],
      [withPositionNames(text), state === 'started' ? 'strong' : 'plain'],
    ],
    ms === undefined ? [] : [[duration(ms), 'dim']],
    width,
  );
  if (problem === undefined) return [line];
  return [
    line,
    ...wrapped(withPositionNames(problem), width - 4).map((part): Line => [[`    ${part}`, tone]]),
  ];
}
