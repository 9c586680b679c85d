import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { promisify } from 'node:util';
import { Command } from 'commander';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { commands } from '../../src/cli/commands/list.ts';
import { candidates } from '../../src/cli/completion/candidates.ts';
import { completionScript } from '../../src/cli/completion/scripts.ts';
import { findProgram } from '../../src/cli/doctor/check-programs.ts';
import { requirement } from '../rig/requirement.ts';
import { aFolder, bin } from './rig.ts';

const exec = promisify(execFile);
const run = '20261122-120000-0a1b2c';
const folder = await aFolder();
beforeAll(async () => {
  await mkdir(join(folder.path, '.collab-dev/runs', run), { recursive: true });
  await folder.write('mine.scenario.yaml', 'scenario: Mine\n');
});
afterAll(() => folder[Symbol.asyncDispose]());

describe('what could come next', () => {
  const one = (word: string) => async () => [{ word, about: '' }];
  const root = new Command('collab-dev')
    .option('-V, --version', 'the version')
    .option('--color <when>', 'colour');
  const lookups = { runs: one('the-run'), scenarios: one('the-scenario'), names: one('the-name') };
  const next = async (line: string) =>
    (await candidates(line.split(' '), root, commands, lookups)).map(({ word }) => word);

  test.each([
    ['', ['up', 'replay', 'test', 'doctor', 'init', 'completion']],
    ['comp', ['completion']],
    ['--co', ['--color']],
    ['--color never val', ['validate']],
    ['up --topo', ['--topology']],
    ['up --topology ', ['relay', 'direct', 'single']],
    ['up --topology d', ['direct']],
    ['up --topology=d', ['--topology=direct']],
    ['up --scenario ', ['the-scenario']],
    ['test --bail ', ['the-scenario']],
    ['test some.yaml other.yaml ', ['the-scenario']],
    ['test --format j', ['json']],
    ['explain last --run ', ['the-run']],
    ['explain --from ', ['the-name']],
    ['schema con', ['config']],
    ['check ', ['the-run']],
    ['logs alice ', ['the-name']],
    ['completion ', ['bash', 'zsh', 'fish']],
  ])('collab-dev %s', async (line, expected) => {
    expect(await next(line)).toEqual(expect.arrayContaining(expected));
  });

  test.each(['nonsense ', 'up --users ', 'up extra ', 'check one '])(
    'nothing: collab-dev %s',
    async (line) => {
      expect(await next(line)).toEqual([]);
    },
  );

  test('every command can be asked, and each of its options is among the answers', async () => {
    for (const { name, load } of commands) {
      const command = new Command(name);
      (await load()).define(command, async () => {});
      const options = command.options.filter(({ hidden }) => !hidden).map(({ long }) => long);
      expect(await next(`${name} --`)).toEqual(expect.arrayContaining(options));
    }
  });
});

/** What a shell has found for a line, with this checkout's command under its name. */
const found = async (shell: string, script: string): Promise<string[]> => {
  const home = `collab-dev() { '${process.execPath}' '${bin}' "$@"; }\n`;
  const { stdout } = await exec(shell, ['-c', `${shell === 'fish' ? '' : home}${script}`], {
    cwd: folder.path,
  });
  return stdout.trim().split(/\s+/);
};
const whereIs = (shell: string) => findProgram(shell, process.env.PATH ?? '', '/');

test('bash completes commands, options, choices, scenarios and runs', async () => {
  const lines = [
    ['collab-dev', 'va'],
    ['collab-dev', 'up', '--topo'],
    ['collab-dev', 'up', '--topology', ''],
    ['collab-dev', 'test', 'mi'],
    ['collab-dev', 'replay', 'strang'],
    ['collab-dev', 'explain', '--run', '2026'],
    ['collab-dev', 'test', './nothing-like-that'],
  ];
  const ask = lines.map(
    (words) =>
      `COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length - 1}; _collab_dev; echo "${words.length}:\${COMPREPLY[*]}" | tr ' ' ','`,
  );
  expect(await found('bash', ['source <(collab-dev completion bash)', ...ask].join('\n'))).toEqual([
    '2:validate',
    '3:--topology',
    '4:relay,direct,single',
    '3:mine.scenario.yaml',
    '3:stranger',
    `4:${run}`,
    '3:',
  ]);
});

test('bash knows that the function is for collab-dev, and takes files where it finds nothing', async () => {
  const script = 'source <(collab-dev completion bash); complete -p collab-dev';
  expect((await found('bash', script)).join(' ')).toBe('complete -o default -F _collab_dev collab-dev');
});

test('zsh reads its script, and finds what could come next', async (context) => {
  requirement(context, 'zsh', await whereIs('zsh'));
  const script = `autoload -U compinit; compinit -u -D; source <(collab-dev completion zsh)
_describe() { print -l -- "\${found[@]%%:*}" }
words=(collab-dev up --topology ''); CURRENT=4; _collab_dev`;
  expect(await found('zsh', script)).toEqual(['relay', 'direct', 'single']);
});

test('fish reads its script, and finds what could come next', async (context) => {
  requirement(context, 'fish', await whereIs('fish'));
  const script = `function collab-dev; '${process.execPath}' '${bin}' $argv; end
collab-dev completion fish | source
complete -C 'collab-dev up --topology ' 
complete -C 'collab-dev test ./mi'`;
  expect(await found('fish', script)).toEqual(['direct', 'relay', 'single', './mine.scenario.yaml']);
});

test.each(['bash', 'zsh', 'fish'] as const)('the script of %s says where it belongs', async (shell) => {
  const { stdout, exitCode } = await folder.run(['completion', shell]);
  expect(exitCode).toBe(0);
  expect(`${stdout}\n`).toBe(completionScript(shell));
  expect(stdout).toMatch(new RegExp(`completion for ${shell}\\. In `));
});
