import { wrapped } from '../cells.ts';
import { duration } from '../duration.ts';
import { type Line, spread } from '../line.ts';
import { withPositionNames } from '../position-name.ts';
import { doneSteps, type ScenarioProgress, type ScenarioStep } from '../scenario.ts';
import { type Tone, theme } from '../theme.ts';

/** The steps as they go on, which failed and why, and what there is to say about the verdict. */
export function scenarioLines(
  scenario: ScenarioProgress | undefined,
  report: readonly string[],
  width: number,
): Line[] {
  if (!scenario) return [[['No scenario has been played.', 'dim']]];
  const { steps, total = 0, verdict } = scenario;
  const left = verdict ? 0 : total - steps.length;
  return [
    ...steps.flatMap((step) => stepLines(step, width)),
    ...(left > 0 ? [[[`${theme.ten.unseen.glyph} ${left} more`, 'dim'] as const]] : []),
    ...report.filter(isSaid).flatMap((text) => toldIn(text, width, theme.verdict(verdict).tone)),
  ];
}

/** A squiggle points into a line that is as wide as it was written; here it is not. */
const isSaid = (text: string): boolean => !/^[\s~]+$/.test(text);

const toldIn = (text: string, width: number, tone: Tone): Line[] =>
  wrapped(text, width).map((part): Line => [[part, tone]]);

/** `✓ passed`, or how far it is. */
export function scenarioNote(scenario: ScenarioProgress | undefined): Line {
  if (!scenario) return [];
  const { glyph, tone } = theme.verdict(scenario.verdict);
  const far = `${doneSteps(scenario)}${scenario.total === undefined ? '' : `/${scenario.total}`}`;
  return [[`${glyph} ${scenario.verdict ?? far}`, tone]];
}

function stepLines({ text, depth, state, ms, problem }: ScenarioStep, width: number): Line[] {
  const indent = '  '.repeat(depth);
  const { glyph, tone } = theme.step(state);
  const line = spread(
    [
      [`${indent}${glyph} `, tone],
      [withPositionNames(text), state === 'started' ? 'strong' : 'plain'],
    ],
    ms === undefined ? [] : [[duration(ms), 'dim']],
    width,
  );
  if (problem === undefined) return [line];
  return [
    line,
    ...wrapped(withPositionNames(problem), width - 2 - indent.length).map(
      (part): Line => [[`${indent}  ${part}`, tone]],
    ),
  ];
}
