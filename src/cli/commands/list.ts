import type { CommandEntry } from './command.ts';

/** Every command. Adding one is one file and one entry here. */
export const commands: readonly CommandEntry[] = [
  {
    name: 'up',
    group: 'Run',
    summary: 'start the stack, play a tour, and stay until stopped',
    load: () => import('./up.ts'),
  },
  {
    name: 'replay',
    group: 'Run',
    summary: 'play one scenario at reading pace; exits with its verdict',
    load: () => import('./replay.ts'),
  },
  {
    name: 'test',
    group: 'Run',
    summary: 'play scenarios without a screen, with an exit code to trust',
    load: () => import('./test.ts'),
  },
  {
    name: 'down',
    group: 'Run',
    summary: 'end a stack that runs, and wait until none of its processes is left',
    load: () => import('./down.ts'),
  },
  {
    name: 'ps',
    group: 'Look',
    summary: 'what runs: every process with its state, address, uptime and restarts',
    load: () => import('./ps.ts'),
  },
  {
    name: 'explain',
    group: 'Look',
    summary: 'who got an event and who did not, step by step, and why',
    load: () => import('./explain.ts'),
  },
  {
    name: 'check',
    group: 'Look',
    summary: 'hold the databases and journals of a run against each other',
    load: () => import('./check.ts'),
  },
  {
    name: 'config',
    group: 'Look',
    summary: 'print every setting and limit with its value',
    load: () => import('./config.ts'),
  },
  {
    name: 'token',
    group: 'Look',
    summary: "print a token of the run's issuer, for curl and clients of your own",
    load: () => import('./token.ts'),
  },
  {
    name: 'init',
    group: 'Write',
    summary: 'write a configuration, a scenario and a CI file to begin with',
    load: () => import('./init.ts'),
  },
  {
    name: 'validate',
    group: 'Write',
    summary: 'check scenario files and collab-dev.yaml; all complaints at once',
    load: () => import('./validate.ts'),
  },
  {
    name: 'schema',
    group: 'Write',
    summary: 'print the JSON Schema of scenario files or collab-dev.yaml, or what relay and backends speak',
    load: () => import('./schema.ts'),
  },
  {
    name: 'relay',
    group: 'Ship',
    summary: 'run one relay alone, from flags and environment',
    load: () => import('./relay.ts'),
  },
  {
    name: 'backend',
    group: 'Ship',
    summary: "run one user's backend alone, from the environment",
    load: () => import('./backend.ts'),
  },
  {
    name: 'conformance',
    group: 'Ship',
    summary: 'hold a backend in any language against the contract, check by check',
    load: () => import('./conformance.ts'),
  },
];
