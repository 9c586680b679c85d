import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { messageOf, Problem } from '../problem.ts';
import { renderComplaints } from '../scenario/complaint.ts';
import { discoverScenarios, findScenario, fixturesAbove, shownPath } from '../scenario/discover.ts';
import { type Fixtures, type Parsed, parseScenario } from '../scenario/parse.ts';
import { loadPortfolios } from '../scenario/portfolios.ts';
import type { Scenario } from '../scenario/scenario.ts';

/** The scenario files that a command line means, and what a file may name without describing it. */
export interface ScenarioFiles {
  /** The folder of the fixtures that came with this package. */
  readonly shipped: string;
  readonly fixtures: Fixtures;
  /** Reads and parses one file: a path from `cwd`, or the bare name of a shipped one. */
  parse(name: string): Promise<Parsed>;
  /** The same for many; without a name, all that are found below `cwd`. */
  parseAll(names: readonly string[]): Promise<readonly Parsed[]>;
}

/**
 * `home` is any folder of this package, from which its fixtures are found; `backends` are the names that a configuration
 * gives to commands.
 */
export async function scenarioFiles(
  cwd: string,
  home: string,
  backends: readonly string[] = [],
): Promise<ScenarioFiles> {
  const shipped = fixturesAbove(home);
  const fixtures = await loadPortfolios(join(shipped, 'portfolios'));

  async function parse(name: string): Promise<Parsed> {
    const path = await findScenario(name, cwd, shipped);
    try {
      return parseScenario(shownPath(path, cwd), await readFile(path, 'utf8'), fixtures, backends);
    } catch (error) {
      throw error instanceof Problem ? error : unreadable(path, error);
    }
  }
  return {
    shipped,
    fixtures,
    parse,
    async parseAll(names) {
      const files = names.length > 0 ? names : await discoverScenarios(cwd);
      const paths = names.length > 0 ? files : files.map((file) => resolve(cwd, file));
      return Promise.all(paths.map(parse));
    },
  };
}

/** The scenarios, or one Problem with every complaint about every file. */
export function allValid(parsed: readonly Parsed[]): readonly Scenario[] {
  const broken = parsed.flatMap((one) => (one.ok ? [] : [renderComplaints(one.source, one.complaints)]));
  if (broken.length > 0) throw notValid(broken);
  return parsed.flatMap((one) => (one.ok ? [one.scenario] : []));
}

const notValid = (complaints: readonly string[]) =>
  new Problem({ code: 'not-valid', message: complaints.join('\n\n'), exit: 2 });

const unreadable = (path: string, cause: unknown) =>
  new Problem({ code: 'unreadable', message: `${path} cannot be read: ${messageOf(cause)}`, cause, exit: 2 });
