import { expect, test } from 'vitest';
import { type Address, addressGuard, resolveGuarded } from '../../src/backend/address-guard.ts';

const v4 = (address: string): Address => ({ address, family: 4 });
const v6 = (address: string): Address => ({ address, family: 6 });

const inside = [
  v4('127.0.0.1'),
  v4('10.1.2.3'),
  v4('172.31.0.1'),
  v4('192.168.1.1'),
  v4('100.64.0.1'),
  v6('::1'),
  v6('fd00::1'),
  v6('::ffff:127.0.0.1'),
  v6('::ffff:10.0.0.1'),
];
const nowhere = [
  v4('0.0.0.0'),
  v4('169.254.169.254'),
  v4('224.0.0.1'),
  v4('255.255.255.255'),
  v6('::'),
  v6('fe80::1'),
  v6('ff02::1'),
  v6('64:ff9b::7f00:1'),
  v6('2002:7f00:1::'),
  v6('::ffff:169.254.169.254'),
  v6('::ffff:a9fe:a9fe'),
  v6('::127.0.0.1'),
  v6('::a00:1'),
  v6('2001:0:4136:e378:8000:63bf:3fff:fdd2'),
  v6('fec0::1'),
  v4('192.88.99.1'),
];
const outside = [v4('93.184.215.14'), v4('172.32.0.1'), v6('2606:2800:21f:cb07:6820:80da:af6b:8b2c')];

test('private addresses are dialled only where that is allowed', () => {
  const strict = addressGuard({ allowPrivate: false });
  const lax = addressGuard({ allowPrivate: true });
  expect(inside.filter(strict)).toEqual([]);
  expect(inside.filter(lax)).toEqual(inside);
});

test('what is no backend anywhere is never dialled', () => {
  expect(nowhere.filter(addressGuard({ allowPrivate: true }))).toEqual([]);
});

test('the rest of the world may be dialled', () => {
  expect(outside.filter(addressGuard({ allowPrivate: false }))).toEqual(outside);
});

test('one bad address among good ones refuses the whole name', async () => {
  const admit = addressGuard({ allowPrivate: false });
  const good = v4('93.184.215.14');
  expect(await resolveGuarded('alice.example', admit, async () => [good])).toEqual({
    kind: 'admitted',
    addresses: [good],
  });
  expect(await resolveGuarded('alice.example', admit, async () => [good, v4('127.0.0.1')])).toEqual({
    kind: 'refused',
    address: '127.0.0.1',
  });
});

test('an address in the URL is judged without asking anybody', async () => {
  const admit = addressGuard({ allowPrivate: false });
  const nobody = () => Promise.reject(new Error('asked'));
  expect(await resolveGuarded('[::1]', admit, nobody)).toEqual({ kind: 'refused', address: '::1' });
  for (const host of ['0x7f.1', '2130706433', '0177.0.0.1', '127.1', '0', '%31%32%37.0.0.1', '①②⑦.0.0.1']) {
    const { hostname } = new URL(`http://${host}/`);
    expect(await resolveGuarded(hostname, admit, nobody), host).toMatchObject({ kind: 'refused' });
  }
});

test('a name that nobody knows is trouble, not a refusal', async () => {
  const unknown = () => Promise.reject(Object.assign(new Error('no such host'), { code: 'ENOTFOUND' }));
  expect(await resolveGuarded('nobody.example', () => true, unknown)).toEqual({
    kind: 'unknown',
    code: 'ENOTFOUND',
  });
});
