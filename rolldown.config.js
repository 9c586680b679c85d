import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { isolatedDeclarationSync } from 'rolldown/experimental';
import { build as buildSite } from 'vite';

const root = dirname(fileURLToPath(import.meta.url));
const dist = join(root, 'dist');

/**
 * One bundle for each kind of process, so that a backend never loads the dashboard. Only the CLI and the
 * relay may be split by `import()`: what a command does not need, it does not read, and a lone relay needs no Redis.
 */
const processes = [
  { name: 'cli', entry: 'src/cli/main.ts', split: true },
  { name: 'supervisor', entry: 'src/cli/supervisor/main.ts', split: false },
  { name: 'relay', entry: 'src/relay/main.ts', split: true },
  { name: 'host', entry: 'src/backend/main.ts', split: false },
  { name: 'links', entry: 'src/stack/links/main.ts', split: false },
  {
    name: 'index',
    entry: 'src/library/main.ts',
    split: false,
    declares: ['main', 'data-types', 'stack-types', 'user-types', 'unmet'],
  },
  { name: 'client', entry: 'src/library/client/main.ts', split: false, declares: ['main', 'client-types'] },
  { name: 'pages', entry: 'src/frontend/host/main.ts', split: false, beside: buildPage },
];

/** Files of node_modules that are really in some bundle, over all configs of one build. */
const shipped = new Set();

// Chunks carry a hash in their name: without this, old ones would stay and be packed. The bundles themselves are
// overwritten, so that a stack that runs beside a build can still start a process.
for (const name of ['cli', 'relay']) rmSync(join(dist, name), { recursive: true, force: true });

export default processes.map(({ name, entry, split, beside, declares }) => ({
  input: { [name]: entry },
  cwd: root,
  platform: 'node',
  // Optional helpers of ws and Ink: both try to load them and live without.
  external: ['bufferutil', 'utf-8-validate', 'react-devtools-core'],
  transform: {
    target: 'node24',
    // React in development mode doubles the CPU time of the dashboard.
    define: { 'process.env.NODE_ENV': '"production"' },
  },
  // engine.io-client reads globalThis.WebSocket and throws it away: that loads undici, like node:http below.
  treeshake: { propertyReadSideEffects: false },
  output: {
    dir: dist,
    format: 'esm',
    entryFileNames: '[name].js',
    chunkFileNames: `${name}/[name]-[hash].js`,
    codeSplitting: split,
  },
  plugins: [
    plainHttp(),
    thirdPartyNotices(),
    ...(beside ? [{ name: 'beside', buildStart: beside }] : []),
    ...(declares ? [declarations(entry, declares)] : []),
  ],
}));

/**
 * Writes the types that are published, one .d.ts for each of these files beside the entry. They must not need a type of
 * anything that is bundled: an import that leads out of them fails the build.
 */
function declarations(entry, names) {
  const folder = dirname(join(root, entry));
  const out = join(dist, 'types', basename(folder));
  return {
    name: 'declarations',
    writeBundle() {
      rmSync(out, { recursive: true, force: true });
      mkdirSync(out, { recursive: true });
      for (const name of names) {
        const file = join(folder, `${name}.ts`);
        const { code, errors } = isolatedDeclarationSync(file, readFileSync(file, 'utf8'));
        if (errors.length > 0) this.error(`${name}.ts cannot be declared: ${errors[0].message}`);
        for (const [, from] of code.matchAll(/from ["']([^"']+)["']/g)) {
          const known = from.startsWith('node:') || names.some((one) => from === `./${one}.ts`);
          if (!known) this.error(`${name}.ts declares a type of "${from}", which is not published.`);
        }
        writeFileSync(
          join(out, `${name}.d.ts`),
          code.replaceAll(/(from ["']\.[^"']+)\.ts(["'])/g, '$1.js$2'),
        );
      }
    },
  };
}

/** Builds the users' page, which its host serves from dist/page. */
async function buildPage() {
  await buildSite({
    configFile: false,
    root: join(root, 'src/frontend/page'),
    logLevel: 'warn',
    plugins: [react(), thirdPartyNotices()],
    build: {
      outDir: join(dist, 'page'),
      emptyOutDir: true,
      // Every asset is a file of its own: the page may load nothing that is written into it.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
    },
  });
}

/**
 * Takes node:http as `require` would. Importing it as a module reads each of its exports at once, and behind one of
 * them is the whole of undici: 30 ms and more in the start of every process. A name that is missing fails the build.
 */
function plainHttp() {
  const id = '\0plain-http';
  const names = 'Agent, createServer, get, request, STATUS_CODES';
  return {
    name: 'plain-http',
    resolveId: (source, _importer, { kind }) =>
      source === 'node:http' && kind !== 'require-call' ? id : undefined,
    load: (given) =>
      given === id ? `export const { ${names} } = process.getBuiltinModule('node:http');` : undefined,
  };
}

/** Rewrites dist/third-party-notices.txt after each bundle, so the last one to finish leaves it complete. */
function thirdPartyNotices() {
  return {
    name: 'third-party-notices',
    writeBundle(_options, bundle) {
      for (const output of Object.values(bundle)) {
        if (output.type !== 'chunk') continue;
        for (const [id, { renderedLength }] of Object.entries(output.modules)) {
          if (renderedLength > 0 && id.includes(`${sep}node_modules${sep}`)) shipped.add(id);
        }
      }
      mkdirSync(dist, { recursive: true });
      writeFileSync(join(dist, 'third-party-notices.txt'), notices());
    },
  };
}

function notices() {
  const sections = new Map();
  for (const folder of new Set([...shipped].map(packageFolder))) {
    const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    const license = manifest.license ?? manifest.licenses?.map(({ type }) => type).join(' or ');
    const title = `${manifest.name} ${manifest.version} (${license})`;
    const author = manifest.author?.name ?? manifest.author ?? 'its authors';
    sections.set(title, licenseText(folder) || `Licensed under ${license} by ${author}.`);
  }
  const sorted = [...sections].sort(([a], [b]) => (a < b ? -1 : 1));
  const rule = `\n${'-'.repeat(72)}\n\n`;
  return [
    'collab-dev contains parts of these packages.\n',
    ...sorted.map(([t, text]) => `${t}\n\n${text}\n`),
  ].join(rule);
}

/** `…/node_modules/@scope/name/lib/x.js` → `…/node_modules/@scope/name` */
function packageFolder(id) {
  const marker = `${sep}node_modules${sep}`;
  const start = id.lastIndexOf(marker) + marker.length;
  const parts = id.slice(start).split(sep);
  return id.slice(0, start) + parts.slice(0, parts[0].startsWith('@') ? 2 : 1).join(sep);
}

function licenseText(folder) {
  const files = readdirSync(folder)
    .filter((file) => /^(licen[cs]e|copying|notice)/i.test(file))
    .sort();
  return files
    .map((file) => readFileSync(join(folder, file), 'utf8').replaceAll('\r', '').trim())
    .join('\n\n');
}
