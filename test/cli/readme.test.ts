import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { commands } from '../../src/cli/commands/list.ts';
import { exitCodes } from '../../src/cli/exit-codes.ts';
import { commandSchema } from '../../src/config/command-schema.ts';
import { configSchema } from '../../src/config/config-schema.ts';
import { parseConfig } from '../../src/config/parse-config.ts';
import { bindings } from '../../src/dashboard/view/keys.ts';
import { project } from '../config/rig.ts';
import { root } from './rig.ts';

const readme = await readFile(join(root, 'README.md'), 'utf8');

/** The rows of the table under a heading, cell by cell, without its head. */
function table(heading: string): string[][] {
  const [, section = ''] = readme.split(`\n## ${heading}\n`);
  const rows = (section.split('\n## ')[0] ?? '').split('\n').filter((line) => line.startsWith('|'));
  return rows.slice(2).map((row) =>
    row
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

test('the commands are the real ones', () => {
  const real = commands.map(({ name, summary }) => [`\`collab-dev ${name}\``, summary]);
  expect(table('Commands')).toEqual([['`collab-dev`', 'the help; starts nothing'], ...real]);
});

test('so are the exit codes', () => {
  expect(table('Exit codes')).toEqual(exitCodes.map(({ code, meaning }) => [String(code), meaning]));
});

test('every key of the dashboard is told', () => {
  const told = readme.split('\n### Keys\n')[1]?.split('\n### ')[0] ?? '';
  // Other names of the arrows, of a page and of home and end.
  const others = /^(up|down|home|end|pgdn|pgup)$/;
  for (const { keys } of bindings)
    for (const key of keys) if (!others.test(key)) expect(told).toContain(`\`${key}\``);
});

test('the scenario that it shows is a shipped one', async () => {
  const [, shown = ''] = /```yaml\n([\s\S]*?)```/.exec(readme) ?? [];
  const shipped = await readFile(join(root, 'fixtures/scenarios/stranger.yaml'), 'utf8');
  expect(shown).toBe(shipped);
});

test('the configuration that it shows is valid, and its tables have every key', () => {
  const chapter = readme.split('\n## Configuration\n')[1]?.split('\n## ')[0] ?? '';
  const [, shown = ''] = /```yaml\n([\s\S]*?)```/.exec(chapter) ?? [];
  const parsed = parseConfig('README.md', shown, {
    ...project,
    variables: { DATABASE_URL: 'postgres://' },
    isFolder: () => true,
  });
  expect(parsed.ok ? [] : parsed.complaints.map(({ message }) => message)).toEqual([]);
  const told = chapter
    .split('\n')
    .flatMap((line) => [...(/^\|([^|]*)\|/.exec(line)?.[1] ?? '').matchAll(/`(\w+)`/g)]);
  const keys = [...Object.keys(configSchema.shape), ...Object.keys(commandSchema.shape)];
  expect(told.map(([, key]) => key).toSorted()).toEqual(keys.toSorted());
});
