import { expect, test } from 'vitest';
import { aBrowserStack, region, says, tabTo, violationsOn } from './browser-rig.ts';

test('strangers become friends by their pages, one writes a position and shares it by keyboard alone, and parts again', {
  timeout: 240_000,
}, async (context) => {
  await using rig = await aBrowserStack(context, ['alice', 'bob'], { friends: false });
  const [alice, bob] = await Promise.all([rig.open('alice'), rig.open('bob')]);
  await says(alice, /^Write your first position/);

  // A form that is not whole says what is missing, and puts its writer there.
  await alice.getByRole('link', { name: 'New position' }).click();
  const symbol = alice.getByLabel('Symbol');
  await alice.getByLabel('Quantity').fill('two');
  await alice.getByRole('button', { name: 'Add a leg' }).click();
  await alice.getByRole('button', { name: 'Write position' }).click();
  await says(alice, 'Say which symbol: 1 to 16 letters or digits, like SAP or BRK.B.');
  await says(alice, 'The quantity is a whole number, 0 or more.');
  await says(alice, 'The day on which it expires.');
  await symbol.and(alice.locator(':focus')).waitFor();
  expect(await violationsOn(alice)).toEqual([]);

  await alice.keyboard.type('sap');
  await alice.getByLabel('Strategy').fill('bull call spread');
  await alice.getByLabel('Quantity').fill('2');
  await alice.getByLabel('Strike').fill('200');
  await alice.getByLabel('Expiration').fill('2027-03-19');
  await alice.getByRole('button', { name: 'Add a leg' }).click();
  const second = alice.getByRole('group', { name: 'Leg 2' });
  await second.getByLabel('Action').and(alice.locator(':focus')).waitFor();
  await second.getByLabel('Strike').fill('220');
  await alice.getByRole('img', { name: /^Worth at expiry: .*from 200 to 220/ }).waitFor();
  await alice.getByLabel('Notes').fill('Earnings first.');
  await alice.getByLabel('Tags').fill('bullish, earnings, bullish');
  await alice.keyboard.press('Enter');
  await alice.getByRole('heading', { name: 'SAP bull call spread' }).and(alice.locator(':focus')).waitFor();
  await says(alice, 'You have no friends here yet, so there is nobody to share with.');
  expect(await alice.getByRole('list', { name: 'Tags' }).getByRole('listitem').allTextContents()).toEqual([
    'bullish',
    'earnings',
  ]);
  await alice.getByRole('row', { name: /sell 1 call 220 19 Mar 2027/ }).waitFor();

  // What was written is changed in the same form.
  await alice.getByRole('link', { name: 'Change this position' }).click();
  await alice.getByRole('heading', { name: 'Change SAP bull call spread' }).waitFor();
  await alice.getByRole('button', { name: 'Remove leg 2' }).click();
  await alice.getByLabel('Strategy').fill('long call');
  await alice.getByRole('button', { name: 'Save changes' }).click();
  await alice.getByRole('heading', { name: 'SAP long call', exact: true }).waitFor();
  expect(await alice.getByRole('row').count()).toBe(2);
  await says(alice, 'Earnings first.');

  // What cannot be is refused in words; friendship needs both.
  const name = alice.getByLabel('Add a friend by user name');
  await name.fill('not a name!');
  await name.press('Enter');
  await says(alice, /^A user name has letters/);
  await name.fill('alice');
  await name.press('Enter');
  await says(alice, 'Nobody can be their own friend here.');
  await name.fill('bob');
  await name.press('Enter');
  const friend = region(alice, 'Friends').getByRole('listitem');
  await friend.filter({ hasText: 'offline' }).waitFor();
  await bob.getByLabel('Add a friend by user name').fill('alice');
  await bob.getByRole('button', { name: 'Add friend' }).click();
  await friend.filter({ hasText: /Bob.*online/ }).waitFor();
  await region(bob, 'Friends')
    .getByRole('listitem')
    .filter({ hasText: /Alice.*online/ })
    .waitFor();

  // From here on only keys: alice shares, bob follows the notification and answers.
  await tabTo(alice, alice.getByRole('button', { name: 'Share with Bob' }));
  await alice.keyboard.press('Enter');
  const link = region(bob, 'Notifications').getByRole('link', { name: 'Alice shares SAP with you.' });
  await link.waitFor();
  await tabTo(bob, link);
  await bob.keyboard.press('Enter');
  await bob.getByRole('heading', { name: 'SAP long call' }).and(bob.locator(':focus')).waitFor();
  await tabTo(bob, bob.getByLabel('Your comment'));
  await bob.keyboard.type('I am in.');
  await bob.keyboard.press('Control+Enter');
  await region(alice, 'Comments').getByText('I am in.').waitFor();
  await region(alice, 'Outbox').getByText('Everything has arrived.').waitFor();

  // Whoever parts is asked once more; Escape answers no.
  const unfriend = alice.getByRole('button', { name: 'Unfriend Bob' });
  await unfriend.focus();
  await alice.keyboard.press('Enter');
  await alice.getByRole('button', { name: 'Keep Bob' }).and(alice.locator(':focus')).waitFor();
  expect(await violationsOn(alice)).toEqual([]);
  await alice.keyboard.press('Escape');
  await unfriend.and(alice.locator(':focus')).waitFor();
  await alice.keyboard.press('Enter');
  await alice.getByRole('button', { name: 'Keep Bob' }).and(alice.locator(':focus')).waitFor();
  await alice.keyboard.press('Tab');
  await alice.keyboard.press('Enter');
  await region(alice, 'Friends').getByText('Nobody yet.').waitFor();
  await says(bob, 'This position is not here, or not any more.');
  expect(rig.troubles).toEqual([]);
});
