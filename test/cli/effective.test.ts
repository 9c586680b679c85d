import { describe, expect, test } from 'vitest';
import { effectiveSettings, type StackFlags } from '../../src/cli/config-file/effective.ts';
import { peopleFor } from '../../src/cli/config-file/run-parts.ts';
import { upParts } from '../../src/cli/config-file/stack-settings.ts';
import { configOf } from '../config/rig.ts';

const file = `
users: { alice: { display_name: Alice A. }, bob: { backend: python }, carol: { backend: { command: ./carol } } }
friends: [[alice, bob]]
positions: { alice: [berlin-calls] }
backends: { python: { command: run }, ruby: { command: rack } }
relay: { nodes: 2, grace: 1s, limits: { per_pair: { rate: 1, burst: 2 } } }
topology: relay
ports: { relay: 7000 }
tls: true
`;

const loadedOf = (text: string) => ({
  path: '/project/collab-dev.yaml',
  shown: 'collab-dev.yaml',
  by: 'found' as const,
  envFile: undefined,
  config: configOf(text),
});
const settle = (flags: StackFlags, env: Record<string, string> = {}, text = file) => {
  const loaded = loadedOf(text);
  return { loaded, effective: effectiveSettings(flags, env, loaded) };
};

describe('flags beat the environment, and that beats the file', () => {
  test.each([
    ['topology', { topology: 'single' }, { COLLAB_DEV_TOPOLOGY: 'direct' }, ['single', '--topology']],
    ['topology', {}, { COLLAB_DEV_TOPOLOGY: 'direct' }, ['direct', 'COLLAB_DEV_TOPOLOGY']],
    ['topology', {}, {}, ['relay', 'collab-dev.yaml:7']],
    ['nodes', { relays: '3' }, { COLLAB_DEV_RELAYS: '4' }, [3, '--relays']],
    ['nodes', {}, { COLLAB_DEV_RELAYS: '4' }, [4, 'COLLAB_DEV_RELAYS']],
    ['nodes', {}, {}, [2, 'collab-dev.yaml:6']],
    ['graceMs', {}, {}, [1000, 'collab-dev.yaml:6']],
    ['tls', { tls: false }, { COLLAB_DEV_TLS: '1' }, [false, '--no-tls']],
    ['tls', {}, { COLLAB_DEV_TLS: '0' }, [false, 'COLLAB_DEV_TLS']],
    ['tls', {}, {}, [true, 'collab-dev.yaml:9']],
    ['links', {}, { COLLAB_DEV_LINKS: 'false' }, [false, 'COLLAB_DEV_LINKS']],
    ['pages', { pages: false }, { COLLAB_DEV_PAGES: '1' }, [false, '--no-pages']],
    ['pages', {}, {}, [true, 'default']],
    ['ports', { ports: 'auto' }, { COLLAB_DEV_PORT_BASE: '20000' }, ['auto', '--ports']],
    [
      'ports',
      {},
      { COLLAB_DEV_PORT_BASE: '20000' },
      [{ relay: 21_000, first_backend: 20_000, first_page: 20_500 }, 'COLLAB_DEV_PORT_BASE'],
    ],
    ['ports', {}, {}, [{ relay: 7000, first_backend: 8000, first_page: 3000 }, 'collab-dev.yaml:8']],
    ['users', { users: '2' }, { COLLAB_DEV_USERS: 'bob' }, [['alice', 'bob'], '--users']],
    ['users', {}, { COLLAB_DEV_USERS: 'bob' }, [['bob'], 'COLLAB_DEV_USERS']],
    ['users', {}, {}, [['alice', 'bob', 'carol'], 'collab-dev.yaml:2']],
  ] as const)('%s: %j %j', (name, flags, env, expected) => {
    const { value, from } = settle(flags, env).effective[name];
    expect([value, from]).toEqual(expected);
  });

  test('of what each says about one user, the stronger word counts', () => {
    const { effective } = settle(
      { backend: ['alice=ruby'] },
      { COLLAB_DEV_BACKEND: 'bob=simulated, alice=python' },
    );
    expect(effective.backends).toEqual({
      value: { alice: 'ruby', bob: 'simulated', carol: 'its own command' },
      from: '--backend, COLLAB_DEV_BACKEND and collab-dev.yaml:2',
    });
  });

  test.each([
    [{ topology: 'ring' }, 'COLLAB_DEV_TOPOLOGY is "ring", and can only be one of relay, direct or single.'],
    [{ tls: 'yes' }, 'COLLAB_DEV_TLS is "yes", and can only be 1 or 0.'],
    [{ relays: '12' }, 'COLLAB_DEV_RELAYS 12 is not possible: a relay has 1 to 9 nodes.'],
    [{ users: 'Alice' }, '"Alice" is not a user\'s name.'],
    [{ port_base: '80' }, /^COLLAB_DEV_PORT_BASE 80 is not possible/],
    [{ backend: 'bob=pyhton' }, /no configuration here has a backend "pyhton". Did you mean "python"\?$/],
    [{ backend: 'bob' }, /needs a user and a backend/],
  ])('%j is refused', (given, message) => {
    const [[name, value] = ['', '']] = Object.entries(given);
    const say = () => settle({}, { [`COLLAB_DEV_${name.toUpperCase()}`]: value });
    expect(say).toThrow(expect.objectContaining({ message: expect.stringMatching(message), exit: 2 }));
  });
});

describe('the users of up', () => {
  test('are those of the file, with their names, friends, backends and positions', () => {
    const { effective, loaded } = settle({});
    const { users = [], positions } = peopleFor(effective, loaded);
    expect(users.map(({ name, display_name: shown, friends }) => [name, shown, friends])).toEqual([
      ['alice', 'Alice A.', ['bob']],
      ['bob', 'Bob', ['alice']],
      ['carol', 'Carol', []],
    ]);
    expect(users.map(({ backend }) => backend?.command)).toEqual([undefined, 'run', './carol']);
    expect(positions?.map(({ owner, name }) => [owner, name])).toEqual([['alice', 'berlin-calls']]);
  });

  test('of a file that says nothing about friends are all friends', () => {
    const { effective, loaded } = settle({}, {}, 'users: [alice, carol]');
    expect(peopleFor(effective, loaded).users?.map(({ friends }) => friends)).toEqual([['carol'], ['alice']]);
  });

  test('are the usual three where neither a flag nor a file names any, and carol is a stranger', () => {
    const effective = effectiveSettings({}, {});
    expect(peopleFor(effective, undefined).users?.map(({ friends }) => friends)).toEqual([
      ['bob', 'carol'],
      ['alice', 'carol'],
      [],
    ]);
  });

  test('are those of the scenario where one is named, unless flags name others', () => {
    expect(upParts(settle({}), 'share').users).toBeUndefined();
    expect(upParts(settle({}), 'share').relays).toBeUndefined();
    expect(upParts(settle({ users: 'alice', relays: '3' }), 'share')).toMatchObject({
      users: [{ name: 'alice' }],
      relays: 3,
    });
  });

  test('cannot have a backend of their own where all share one process', () => {
    expect(() => upParts(settle({ topology: 'single' }), undefined)).toThrow(/bob cannot have a backend/);
    expect(() => upParts(settle({ backend: ['dora=python'] }), undefined)).toThrow(/there is no such user/);
  });
});
