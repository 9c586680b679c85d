import { dirname } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import manifest from '../../package.json' with { type: 'json' };
import { commands } from './commands/list.ts';
import { describeError } from './show-error.ts';
import { openOutput, wantsColor } from './terminal.ts';

const terminal = {
  stdinIsTTY: process.stdin.isTTY === true,
  stdoutIsTTY: process.stdout.isTTY === true,
  env: process.env,
};

process.on('uncaughtException', (error) => {
  // Whoever holds the screen gives it back first, and then throws this.
  if (process.listenerCount('uncaughtException') > 1) return;
  process.stderr.write(`${describeError(error).text}\n`, () => process.exit(70));
});

/** Asked often, by scripts and by people: answered before anything else is read. */
const asksForVersion = (argv: readonly string[]): boolean =>
  argv.length === 1 && (argv[0] === '--version' || argv[0] === '-V');

async function main(argv: readonly string[]): Promise<number> {
  if (asksForVersion(argv)) {
    process.stdout.write(`${manifest.version}\n`);
    return 0;
  }
  const { runProgram } = await import('./program.ts');
  return runProgram(argv, {
    commands,
    version: manifest.version,
    writeOut: (text) => void process.stdout.write(text),
    writeErr: (text) => void process.stderr.write(text),
    context: (color) => ({
      cwd: process.cwd(),
      env: process.env,
      terminal,
      output: openOutput(process, wantsColor(color, terminal)),
      version: manifest.version,
      askedAt: performance.timeOrigin,
      dist: dirname(fileURLToPath(import.meta.url)),
    }),
  });
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  const { text, exit } = describeError(error);
  process.stderr.write(`${text}\n`);
  process.exitCode = exit;
}
