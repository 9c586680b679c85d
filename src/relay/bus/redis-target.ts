import { Problem } from '../../problem.ts';
import type { RedisSettings } from '../../protocol/relay-config.ts';

const sentinelPort = 26_379;
const serverPort = 6379;

interface Place {
  readonly host: string;
  readonly port: number;
}

/** As ioredis takes it. */
export interface RedisTarget extends Partial<Place> {
  readonly username?: string;
  readonly password?: string;
  readonly db?: number;
  readonly tls?: { readonly ca?: string };
  readonly sentinels?: Place[];
  readonly name?: string;
}

/**
 * Where a Redis is, by its URL: `redis://user:password@host:6379/0`, `rediss://…` with TLS (which `ca` vouches for, or any
 * authority that Node knows), or by Sentinels `redis+sentinel://user:password@host1:26379,host2:26379/name-of-the-master`.
 * @throws Problem for anything else
 */
export function redisTarget({ url, ca }: Pick<RedisSettings, 'url' | 'ca'>): RedisTarget {
  const parts =
    /^(redis|rediss|redis\+sentinel):\/\/(?:([^:@/]*)(?::([^@/]*))?@)?([^/?#@]+)(?:\/([^/?#]*))?\/?$/.exec(
      url,
    );
  const [, scheme, user = '', password, hosts = '', path = ''] = parts ?? [];
  if (!parts) throw badRedisUrl();
  if (ca !== undefined && scheme !== 'rediss') throw caWithoutTls();
  const login = {
    ...(user !== '' && { username: decodeURIComponent(user) }),
    ...(password !== undefined && { password: decodeURIComponent(password) }),
  };
  if (scheme === 'redis+sentinel') {
    if (path === '') throw badRedisUrl();
    return { ...login, name: path, sentinels: hosts.split(',').map((host) => place(host, sentinelPort)) };
  }
  if (hosts.includes(',') || !/^\d*$/.test(path)) throw badRedisUrl();
  return {
    ...login,
    ...place(hosts, serverPort),
    ...(path !== '' && { db: Number(path) }),
    ...(scheme === 'rediss' && { tls: ca === undefined ? {} : { ca } }),
  };
}

function place(text: string, usualPort: number): Place {
  const [, six, host, port] = /^(?:\[([^\]]+)\]|([^:[\]]+))(?::(\d{1,5}))?$/.exec(text) ?? [];
  const name = six ?? host;
  if (name === undefined) throw badRedisUrl();
  return { host: name, port: port === undefined ? usualPort : Number(port) };
}

/** The URL itself is not repeated: it may hold a password. */
const badRedisUrl = () =>
  new Problem({
    code: 'bad-redis-url',
    message: 'The URL of Redis is not one that can be used.',
    hint: 'Write redis://host:6379, rediss://user:password@host:6379, or redis+sentinel://host1,host2/name.',
    exit: 2,
  });

const caWithoutTls = () =>
  new Problem({
    code: 'redis-ca-without-tls',
    message: 'An authority for Redis is given, but its URL does not ask for TLS.',
    hint: 'Write rediss:// (with two s), or leave --redis-ca and COLLAB_REDIS_CA out. Sentinels are spoken to without TLS.',
    exit: 2,
  });
