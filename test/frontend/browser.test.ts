import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { positionDraft } from '../../src/protocol/positions.ts';
import { aBrowserStack, region, says, violationsOn } from './browser-rig.ts';

const spread = positionDraft.parse({
  symbol: 'DAX',
  strategy: 'bull call spread',
  quantity: 2,
  legs: [
    { action: 'buy', right: 'call', strike: 24_000, expiration: '2027-03-19', quantity: 1 },
    { action: 'sell', right: 'call', strike: 25_000, expiration: '2027-03-19', quantity: 1 },
  ],
  notes: 'Cheap upside into the spring.',
  tags: ['bullish'],
});

const choose = (page: Page) => page.getByRole('link', { name: /^DAX bull call spread/ }).click();

test('two users share, talk, take back and wait for the relay, each on a page of their own', {
  timeout: 240_000,
}, async (context) => {
  await using rig = await aBrowserStack(context, ['alice', 'bob']);
  const { stack } = rig;
  await rig.write('alice', spread);
  const [alice, bob] = await Promise.all([rig.open('alice'), rig.open('bob')]);

  // Alice shares: bob is shown the position, a notification, and his screen reader is told.
  await choose(alice);
  await alice.getByRole('heading', { name: 'DAX bull call spread' }).waitFor();
  await says(alice, 'Sharing joins its readers into one thread');
  await region(bob, 'Shared with me').getByText('Nobody shares a position with you now.').waitFor();
  const friend = region(alice, 'Who can see it').getByRole('listitem');
  await friend.filter({ hasText: 'online' }).waitFor();
  await alice.getByRole('button', { name: 'Share with Bob' }).click();
  await region(bob, 'Notifications').getByRole('link', { name: 'Alice shares DAX with you.' }).waitFor();
  await bob.getByRole('status').filter({ hasText: 'Alice shares DAX with you.' }).waitFor();

  // Bob reads, and comments; alice has the thread open.
  await choose(bob);
  await says(bob, /^From Alice, read-only\./);
  expect(await bob.getByRole('button', { name: 'Edit notes' }).count()).toBe(0);
  await bob.getByLabel('Your comment').fill('Great setup!');
  await bob.keyboard.press('Control+Enter');
  await region(bob, 'Comments').getByRole('listitem').filter({ hasText: 'Great setup!' }).waitFor();
  await region(alice, 'Comments')
    .getByRole('listitem')
    .filter({ hasText: /Bob.*Great setup!$/s })
    .waitFor();
  await region(alice, 'Notifications').getByText('Bob commented on DAX: Great setup!').waitFor();
  expect(await violationsOn(bob)).toEqual([]);

  // Alice changes her notes with the keyboard alone.
  await alice.getByRole('button', { name: 'Edit notes' }).focus();
  await alice.keyboard.press('Enter');
  await alice.getByRole('textbox', { name: /^Notes/ }).focus();
  await alice.keyboard.press('Control+A');
  await alice.keyboard.type('Half off at double the premium.');
  await alice.keyboard.press('Tab');
  await alice.keyboard.press('Enter');
  await region(bob, 'Notes').getByText('Half off at double the premium.').waitFor();

  // Taken back, it is gone from bob's page while he looks at it.
  await alice.getByRole('button', { name: 'Take back from Bob' }).click();
  await says(bob, 'This position is not here, or not any more.');
  await region(bob, 'Notifications').getByText('Alice no longer shares DAX.').waitFor();

  await region(alice, 'Outbox').getByText('Everything has arrived.').waitFor();

  // Without the relay what alice does waits, and says so; it arrives when the relay is back.
  await stack.kill('relay');
  await says(alice, 'Offline: changes wait until the connection is back');
  await alice.getByRole('button', { name: 'Share with Bob' }).click();
  await region(alice, 'Outbox').getByText('1 change waits until the connection is back.').waitFor();
  await alice.getByLabel('Your comment').fill('Back in a minute.');
  await alice.getByRole('button', { name: 'Comment', exact: true }).click();
  await region(alice, 'Outbox').getByText('2 changes wait until the connection is back.').waitFor();
  await region(alice, 'Outbox').getByText('Bob: waits until the connection is back').first().waitFor();
  await friend.filter({ hasText: /not known.*waits until the connection is back/ }).waitFor();
  expect(await violationsOn(alice)).toEqual([]);
  await stack.start('relay');
  await region(alice, 'Outbox').getByText('Everything has arrived.').waitFor();
  await region(bob, 'Comments').getByText('Back in a minute.').waitFor();

  // A reload reads all of it anew, and nothing of the session is kept or shown.
  await bob.reload();
  await region(bob, 'Comments').getByText('Back in a minute.').waitFor();
  await region(bob, 'Notifications').getByText('Alice no longer shares DAX.').waitFor();
  expect(await bob.evaluate('[localStorage.length, sessionStorage.length, document.cookie]')).toEqual([
    0,
    0,
    '',
  ]);
  expect(bob.url()).not.toMatch(/token|eyJ/);

  // The page's own backend goes and comes back; what is asked meanwhile is refused in words.
  await stack.kill('bob');
  await says(bob, 'Reconnecting to your backend…');
  await bob.getByLabel('Your comment').fill('Anybody there?');
  await bob.getByRole('button', { name: 'Comment', exact: true }).click();
  await says(bob, /Your backend did not answer/);
  await stack.start('bob');
  await bob.getByRole('banner').getByText('Connected', { exact: true }).waitFor();
  await bob.getByRole('button', { name: 'Comment', exact: true }).click();
  await region(alice, 'Comments').getByText('Anybody there?').waitFor();

  expect(rig.troubles).toEqual([]);
  // Bob's page may not even ask alice's host: its policy names one backend.
  const asked = `fetch(${JSON.stringify(new URL('/session.json', rig.urlOf('alice')))}).then(() => 'answered', () => 'refused')`;
  expect(await bob.evaluate(asked)).toBe('refused');
});
