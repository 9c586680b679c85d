import type { Check } from './check.ts';
import type { Report, Tally } from './report.ts';
import type { Checked } from './run-checks.ts';

const idWidth = 36;

/** The group of a check: what stands before the first dot of its id. */
export const groupOf = ({ id }: Pick<Check, 'id'>): string => id.split('.', 1)[0] ?? id;

/** One check as lines for people; what is not kept is shown with what was sent and what came. */
export function checkLines({ check, result }: Checked): string[] {
  const { id, level, section, title } = check;
  const head = (sign: string, more = '') => `  ${sign} ${id.padEnd(idWidth)} ${title}${more}`;
  switch (result.is) {
    case 'kept':
      return [head('✓', level === 'may' ? ': offered' : '')];
    case 'not-offered':
      return [head('–', ': not offered')];
    case 'not-checked':
      return [head('–'), `      not checked: ${result.why}`];
    case 'broken': {
      const { sent, came, expected } = result.contradiction;
      return [
        head('✗'),
        `      ${level}, section ${section} of the contract`,
        `      sent      ${sent}`,
        `      came      ${came}`,
        `      expected  ${expected}`,
      ];
    }
    default:
      return result satisfies never;
  }
}

/** The end of a report: counts and the sentence. */
export function summaryLines(report: Report): string[] {
  const { tallies, checks } = report;
  const broken = checks.filter(({ result }) => result === 'broken').map(({ id }) => id);
  return [
    '',
    `must    ${tallyWords(tallies.must)}`,
    `should  ${tallyWords(tallies.should)}`,
    `may     ${tallies.may.kept} offered, ${tallies.may.notOffered} not`,
    ...(broken.length > 0 ? [`broken  ${broken.join(', ')}`] : []),
    '',
    sentenceOf(report),
  ];
}

function sentenceOf({ user, conforms, stopped, checks, known }: Report): string {
  if (stopped) return `Stopped after ${checks.length} of ${known} checks: nothing is said about the others.`;
  if (!conforms) return `${user}'s backend does not keep the contract.`;
  return checks.length === known
    ? `${user}'s backend keeps the contract.`
    : `${user}'s backend keeps what was looked at: ${checks.length} of ${known} checks.`;
}

function tallyWords({ kept, broken, notChecked }: Tally): string {
  const parts = [`${kept} kept`, `${broken} broken`];
  if (notChecked > 0) parts.push(`${notChecked} not checked`);
  return parts.join(', ');
}
