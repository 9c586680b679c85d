#!/usr/bin/env node
// The front door. It must be understood by a Node too old for the rest, so: no static imports, no new syntax,
// and everything else is in dist/.

const NEEDED = [24, 0];

/** Set for the process that the wrapper starts, so that a wrong runtime ends in a sentence and not in a loop. */
const GUARD = 'COLLAB_DEV_REEXEC';

function isNewEnough(version) {
  const [major, minor] = version.split('.').map(Number);
  return major > NEEDED[0] || (major === NEEDED[0] && minor >= NEEDED[1]);
}

function refuse(sentence) {
  process.stderr.write(`${sentence}\n`);
  process.exitCode = 2;
}

/** A checkout has its own Node: a platform package that npm installed beside our other dependencies. */
function findRuntime(require) {
  try {
    const manifest = require.resolve(`node-${process.platform}-${process.arch}/package.json`);
    return isNewEnough(require(manifest).version) ? manifest.replace(/package\.json$/, 'bin') : undefined;
  } catch {
    return undefined;
  }
}

/** Becomes, as far as a process can, the same command line under another Node. */
async function runUnder(folder, script) {
  const { spawn } = await import('node:child_process');
  const { delimiter, join } = await import('node:path');

  const path = process.env.PATH ? `${folder}${delimiter}${process.env.PATH}` : folder;
  const child = spawn(join(folder, 'node'), [...process.execArgv, script, ...process.argv.slice(2)], {
    stdio: 'inherit',
    env: { ...process.env, PATH: path, [GUARD]: '1' },
  });

  // Ctrl-C reaches the child from the terminal, which tells the whole group; a second copy from here would look
  // like a second Ctrl-C. The other two are sent to one process alone, so they are handed on.
  process.on('SIGINT', () => {});
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));

  child.on('error', (error) => refuse(`collab-dev cannot start the Node in ${folder}: ${error.message}.`));
  child.on('exit', (code, signal) => {
    if (signal === null) {
      process.exitCode = code;
      return;
    }
    // Whoever waits for us must see the signal, not a number: so die of the same one.
    process.exitCode = 1;
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
}

/** Compiled code is kept between runs; a cache folder that cannot be written only costs time. */
function keepCompiledCode(module, join) {
  try {
    const caches = process.env.XDG_CACHE_HOME || join(process.env.HOME, '.cache');
    module.enableCompileCache(join(caches, 'collab-dev'));
  } catch {}
}

async function main() {
  const module = (await import('node:module')).default;
  const { fileURLToPath } = await import('node:url');

  if (!isNewEnough(process.versions.node)) {
    const folder = process.env[GUARD] ? undefined : findRuntime(module.createRequire(import.meta.url));
    if (folder) return runUnder(folder, fileURLToPath(import.meta.url));
    return refuse(
      `collab-dev needs Node ${NEEDED.join('.')} or newer, and this is Node ${process.versions.node}.`,
    );
  }
  delete process.env[GUARD];

  const { existsSync } = await import('node:fs');
  const { join } = await import('node:path');
  const cli = new URL('../dist/cli.js', import.meta.url);
  if (!existsSync(cli)) return refuse('collab-dev is not built yet: run "npm run build" first.');
  keepCompiledCode(module, join);
  await import(cli.href);
}

main();
