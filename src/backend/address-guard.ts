import { lookup } from 'node:dns/promises';
import { BlockList, isIP } from 'node:net';

export interface Address {
  readonly address: string;
  readonly family: 4 | 6;
}

export type Resolved =
  | { readonly kind: 'admitted'; readonly addresses: readonly Address[] }
  | { readonly kind: 'refused'; readonly address: string }
  | { readonly kind: 'unknown'; readonly code: string };

/** Finds the addresses of a host name; rejects as `dns.lookup` does. */
export type Resolver = (host: string) => Promise<readonly Address[]>;

type Range = readonly [net: string, prefix: number];

/** Loopback, private and carrier-grade ranges (RFC 1918, 4193, 6598): another machine's, or this one's, inside. */
const inside: readonly Range[] = [
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['::1', 128],
  ['fc00::', 7],
];

/** No backend is ever there (RFC 6890): this network, link-local with its metadata services, tests, multicast. */
const nowhere: readonly Range[] = [
  ['0.0.0.0', 8],
  ['169.254.0.0', 16],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
  ['::', 128],
  ['64:ff9b::', 96],
  ['64:ff9b:1::', 48],
  ['100::', 64],
  ['2001::', 32],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
  ['fe80::', 10],
  ['fec0::', 10],
  ['ff00::', 8],
];

/**
 * Decides whether an address may be dialled. IPv4 in IPv6 clothes (`::ffff:127.0.0.1`) is judged as the IPv4 address;
 * ranges that translate to IPv4 are refused as a whole.
 */
export function addressGuard({ allowPrivate }: { readonly allowPrivate: boolean }) {
  const blocked = new BlockList();
  for (const [net, prefix] of allowPrivate ? nowhere : [...nowhere, ...inside]) {
    blocked.addSubnet(net, prefix, net.includes(':') ? 'ipv6' : 'ipv4');
  }
  // IPv4 in its oldest IPv6 clothes (RFC 4291 section 2.5.5.1), but for ::1.
  blocked.addRange('::2', '::ffff:ffff', 'ipv6');
  return ({ address, family }: Address): boolean => !blocked.check(address, family === 6 ? 'ipv6' : 'ipv4');
}

/** Every address of a host, if all of them may be dialled: one bad one among them refuses the name. */
export async function resolveGuarded(
  hostname: string,
  admit: (address: Address) => boolean,
  resolve: Resolver = resolveName,
): Promise<Resolved> {
  const host = hostname.replace(/^\[|\]$/g, '');
  const literal = isIP(host);
  try {
    const addresses: readonly Address[] = literal
      ? [{ address: host, family: literal === 6 ? 6 : 4 }]
      : await resolve(host);
    const refused = addresses.find((address) => !admit(address));
    if (refused) return { kind: 'refused', address: refused.address };
    return addresses.length > 0 ? { kind: 'admitted', addresses } : { kind: 'unknown', code: 'ENOTFOUND' };
  } catch (error) {
    return { kind: 'unknown', code: errorCode(error) };
  }
}

const resolveName: Resolver = async (host) =>
  (await lookup(host, { all: true })).map(({ address, family }) => ({
    address,
    family: family === 6 ? 6 : 4,
  }));

/** The system's word for a failure, like `ECONNREFUSED`. */
export function errorCode(error: unknown): string {
  if (!(error instanceof Error)) return 'failed';
  if (error.name === 'TimeoutError' || error.name === 'AbortError') return 'timeout';
  return 'code' in error && typeof error.code === 'string' ? error.code : 'failed';
}
