import { access, mkdtempDisposable, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Locator, type Page } from 'playwright-core';
import type { TestContext } from 'vitest';
import { z } from 'zod';
import { backendRoutes } from '../../src/protocol/backend-rest.ts';
import { type UserId, userId } from '../../src/protocol/ids.ts';
import type { PositionDraft } from '../../src/protocol/positions.ts';
import { openUserApi } from '../../src/scenario/actor.ts';
import type { ForeignCommand } from '../../src/stack/foreign-command.ts';
import type { Stack } from '../../src/stack/stack.ts';
import { startStack } from '../../src/stack/start-stack.ts';
import { requirement } from '../rig/requirement.ts';

const executablePath = '/usr/bin/chromium';

/** Chromium keeps quiet and to itself: nothing here may leave the machine. */
const args = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** A loaded machine may take its time. */
const patienceMs = 30_000;
const startMs = 60_000;

const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const axeResult = z.object({
  violations: z.array(z.object({ id: z.string(), nodes: z.array(z.object({ html: z.string() })) })),
});

export interface BrowserStackOptions {
  /** Whether all of them are friends from the start. */
  readonly friends?: boolean;
  /** Commands in the place of simulated backends, by user. */
  readonly backends?: Readonly<Record<string, ForeignCommand>>;
}

/** A stack with pages, of friends or of strangers, and one browser in which each of them has a context of their own. */
export async function aBrowserStack(
  context: TestContext,
  names: readonly string[],
  { friends = true, backends = {} }: BrowserStackOptions = {},
) {
  const there = await access(executablePath).then(
    () => executablePath,
    () => undefined,
  );
  requirement(context, 'Chromium (the Debian package chromium)', there);
  await using started = new AsyncDisposableStack();
  const temporary = started.use(await mkdtempDisposable(join(tmpdir(), 'collab-dev-browser-')));
  const users = names.map((name) => userId.parse(name));
  const [stack, browser] = await Promise.all([
    startStack(
      {
        users: users.map((name) => ({
          name,
          displayName: name.charAt(0).toUpperCase() + name.slice(1),
          friends: users.filter((other) => friends && other !== name),
          acks: true,
          ...(backends[name] && { backend: backends[name] }),
        })),
        ports: 'auto',
        runId: 'browser',
        folder: temporary.path,
        graceMs: 300,
        links: true,
        pages: true,
      },
      { startMs },
    ).then((one) => started.use(one)),
    chromium.launch({ executablePath, args, timeout: startMs }).then((one) => {
      started.defer(() => one.close());
      return one;
    }),
  ]);
  const troubles: string[] = [];
  const kept = started.move();

  return {
    stack,
    /** What pages threw or had forbidden by their policy. */
    troubles,
    urlOf: (name: string) => pageUrl(stack, userId.parse(name)),
    /** Opens a user's page, in a session of the browser that nobody else has. */
    async open(name: string): Promise<Page> {
      const own = await browser.newContext({
        viewport: sizes.wide,
        colorScheme: 'light',
        // A colour that is still changing has no contrast of its own.
        reducedMotion: 'reduce',
      });
      own.setDefaultTimeout(patienceMs);
      const page = await own.newPage();
      page.on('pageerror', (error) => troubles.push(`${name}: ${error.message}`));
      page.on('console', (message) => {
        if (message.text().includes('Content Security Policy')) troubles.push(`${name}: ${message.text()}`);
      });
      await page.goto(pageUrl(stack, userId.parse(name)));
      return page;
    },
    async write(name: string, draft: PositionDraft): Promise<void> {
      const api = openUserApi(stack, userId.parse(name), new AbortController().signal);
      const reply = await api('createPosition', { body: draft });
      if (reply.is !== 'done') throw new Error(`${backendRoutes.createPosition.path} answered ${reply.is}.`);
    },
    [Symbol.asyncDispose]: () => kept[Symbol.asyncDispose](),
  };
}

function pageUrl(stack: Stack, user: UserId): string {
  const url = stack.pageUrlOf(user);
  if (url === undefined) throw new Error(`${user} has no page.`);
  return url;
}

const sizes = { wide: { width: 1280, height: 900 }, narrow: { width: 360, height: 740 } } as const;

/** What is wrong with a page as it is now, wide and narrow, in light and in dark: empty where all is well. */
export async function violationsOn(page: Page): Promise<string[]> {
  const found: string[] = [];
  // As text, past the policy of the page, which would let no script of ours in.
  await page.evaluate(axe);
  for (const size of ['narrow', 'wide'] as const) {
    await page.setViewportSize(sizes[size]);
    const width = z.number().parse(await page.evaluate('document.documentElement.scrollWidth'));
    if (width > sizes[size].width) found.push(`${size}: ${width} pixels wide`);
    for (const colorScheme of ['dark', 'light'] as const) {
      await page.emulateMedia({ colorScheme });
      const { violations } = axeResult.parse(await page.evaluate('axe.run()'));
      for (const { id, nodes } of violations)
        for (const { html } of nodes) found.push(`${size} ${colorScheme} ${id}: ${html}`);
    }
  }
  return found;
}

export const region = (page: Page, name: string): Locator => page.getByRole('region', { name });

/** Waits until a page says this, in one place at least. */
export const says = (page: Page, text: string | RegExp): Promise<void> =>
  page.getByText(text).first().waitFor();

const mostStops = 60;

/** Goes on with the Tab key alone until the focus is on this; whatever has it on the way must show it. */
export async function tabTo(page: Page, target: Locator): Promise<void> {
  const focus = page.locator(':focus');
  for (let stop = 0; stop < mostStops; stop += 1) {
    await page.keyboard.press('Tab');
    // Behind the last stop of the page is the browser's own frame.
    if ((await focus.count()) === 0) continue;
    const outline = await page.evaluate('getComputedStyle(document.activeElement).outlineStyle');
    if (outline === 'none') throw new Error(`Nobody sees the focus on ${await focus.innerHTML()}.`);
    if ((await target.and(focus).count()) > 0) return;
  }
  throw new Error('The Tab key does not lead there.');
}
