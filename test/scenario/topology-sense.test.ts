import { expect, test } from 'vitest';
import { parseScenario } from '../../src/scenario/parse.ts';
import { topologyFor } from '../../src/scenario/stack-needs.ts';
import { senselessIn, senselessUnderTls } from '../../src/scenario/topology-sense.ts';

const scenarioOf = (steps: string, header = '') => {
  const text = `scenario: A test\nusers: [alice, bob]\nfriends: [[alice, bob]]\npositions: { alice: { p: { symbol: SAP } } }\n${header}steps:\n${steps}`;
  const parsed = parseScenario('test.yaml', text, new Map());
  if (!parsed.ok) throw new Error(parsed.complaints.map(({ message }) => message).join('\n'));
  return parsed.scenario;
};
const share = '  - alice: { share: p, with: bob, until: delivered, receipts: { bob: delivered } }\n';
const sense = (steps: string, header?: string) => {
  const scenario = scenarioOf(steps, header);
  return [senselessIn(scenario, 'direct'), senselessIn(scenario, 'single')];
};

test('what needs nothing but users makes sense everywhere', () => {
  expect(senselessIn(scenarioOf(share), 'relay')).toBeUndefined();
  expect(sense(share)).toEqual([undefined, undefined]);
  expect(sense('  - bob: { never: any }\n')).toEqual([undefined, undefined]);
});

test('a file is played in the topology that it names, and otherwise in the wanted one', () => {
  expect(topologyFor(scenarioOf(share), 'direct')).toBe('direct');
  expect(topologyFor(scenarioOf(share))).toBe('relay');
  expect(topologyFor(scenarioOf(share, 'topology: single\n'), 'direct')).toBe('single');
});

test.each([
  ['- relay: kill', 'there is no relay', 'there is no relay'],
  ['- bob: kill', undefined, 'one process'],
  ['- bob: disconnect', undefined, 'one process'],
  ['- cut: { from: bob, to: alice }', undefined, 'no link between users'],
  ['- cut: { from: bob, to: relay }', 'no link to a relay', 'no link between users'],
  ['- drop: { from: alice, to: bob, type: position_shared }', undefined, 'no link between users'],
  ['- drop: { from: alice, to: bob, type: collab_ack }', 'requests', 'no link between users'],
  ['- alice: { http: GET $relay/healthz }', 'no relay to be asked', 'no relay to be asked'],
  ['- alice: { share: p, with: bob, until: routed }', '"routed"', undefined],
  ['- alice: { share: p, with: bob, receipts: { bob: limited } }', 'limits', 'limits'],
  [
    '- alice: { emit: share_revoked, to: bob, data: { position_id: $p } }',
    undefined,
    'a connection of the user',
  ],
])('%s', (step, inDirect, inSingle) => {
  const reasons = sense(`${share}  ${step}\n`);
  for (const [index, wanted] of [inDirect, inSingle].entries()) {
    if (wanted === undefined) expect(reasons[index]).toBeUndefined();
    else expect(reasons[index]).toContain(wanted);
  }
});

test.each([
  ['- cut: { between: [relay, bob] }', undefined],
  ['- delay: { from: relay, to: bob, by: 5ms }', undefined],
  ['- drop: { from: relay, to: bob, type: position_shared }', 'no link can tell one message from another'],
  ['- reset: { from: relay, to: bob, nth: 2 }', 'no link can tell one message from another'],
  ['- duplicate: { from: relay, to: bob }', 'no link can tell one message from another'],
  ['- cut: { between: [alice, bob] }', 'no link between two users can tell who dials'],
])('under TLS: %s', (step, reason) => {
  const said = senselessUnderTls(scenarioOf(`${share}  ${step}\n`));
  expect(said).toBe(
    reason &&
      `line 7, "${step.slice(2).replace(/^(.{39}).{2,}/, '$1…')}", is not possible under TLS: ${reason}`,
  );
});

test('a step counts wherever it stands, with its line; and so do limits', () => {
  const block = '  - parallel:\n      - bob: { never: any }\n      - relay: restart\n';
  expect(sense(share + block)[0]).toBe(
    'line 9, "relay: restart", makes no sense in the topology direct: there is no relay',
  );
  expect(sense(share, 'limits: { per_pair: { rate: 1, burst: 1 } }\n')).toEqual([
    'it makes no sense in the topology direct: "limits" are those of a relay',
    'it makes no sense in the topology single: "limits" are those of a relay',
  ]);
});
