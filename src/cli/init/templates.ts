/** A file that `init` writes. */
export interface StarterFile {
  /** From the folder of the project. */
  readonly path: string;
  readonly text: string;
}

/** Lines that begin with "#" and something else than a single space are settings: taking "#" away makes them count. */
const config = `# What "collab-dev up" starts here. Nothing in it has to be said; "collab-dev config" shows what counts, and why.
# For completion in an editor: npx collab-dev schema config > .collab-dev/config.schema.json
# yaml-language-server: $schema=.collab-dev/config.schema.json
version: 1

# Each has a backend and a page: simulated ones, or commands of your own.
users:
  alice:
  bob:
    #display_name: Bob
    #backend: mine
    #frontend: { command: npm run dev, cwd: ., ready: { http: / } }
  carol:

# Friends name one another. Carol is in no pair: what is shared with her is unavailable.
friends: [[alice, bob]]

# Positions that come with collab-dev, by name, or some of your own. Absent: everybody gets a few.
#positions: { alice: [berlin-calls], bob: { mine: { symbol: SAP, quantity: 2 } } }

# Backends of your own, by name: for users above, for "users: { bob: { backend: mine } }" in scenario files, and for
# "collab-dev test --backend bob=mine". Each is given PORT, USER_ID, COLLAB_URL, COLLAB_TOKEN_FILE and more, and
# "collab-dev conformance" tells whether it keeps the contract. Variables of a .env beside this file go to all commands.
#backends:
#  mine:
#    command: uvicorn app:app --host 127.0.0.1 --port $PORT
#    cwd: .
#    env: { LOG_LEVEL: info }
#    ready: { http: /readyz, within: 30s }
#    restart: never
#    stop: { signal: SIGTERM, grace: 5s }
#    depends_on: { database: ready, migrate: completed }

# What else runs beside them, and what runs once and has to end with 0.
#services:
#  database: { command: docker run --rm -p 5432:5432 postgres, ready: { tcp: 5432 } }
#tasks:
#  migrate: { command: npm run migrate, depends_on: { database: ready } }

# How backends reach one another (direct, single), where everything listens (or auto), and with TLS.
#topology: relay
#relay: { nodes: 1, grace: 300ms }
#ports: { relay: 9000, backends: 8000, pages: 3000 }
#tls: false
`;

const scenario = `# "collab-dev test" plays every *.scenario.yaml below this folder, each on a stack of its own.
# For completion in an editor: npx collab-dev schema > .collab-dev/scenario.schema.json
# yaml-language-server: $schema=../.collab-dev/scenario.schema.json
scenario: A shared position reaches a friend, and a comment comes back
users: [alice, bob, carol]
friends: [[alice, bob]]
positions: { alice: [berlin-calls] }
steps:
  - alice: { share: berlin-calls, with: [bob, carol] }
  - bob: { receives: position_shared, about: berlin-calls, from: alice, count: 1 }
  - bob: { has: berlin-calls, match: { read_only: true } }
  - bob: { comment: Great setup!, on: berlin-calls }
  - alice: { receives: comment_added, about: berlin-calls, from: bob, count: 1 }
  # Carol is nobody's friend: proven by everything having come to rest, and not by waiting.
  - carol: { never: any }
`;

const workflow = (install: boolean): string => `name: collab-dev
on: [push, pull_request]

jobs:
  scenarios:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-node@v4
        with: { node-version: 24 }
${install ? '      - run: npm ci\n' : ''}      - run: npx collab-dev test
      # Logs, journals and databases of a run that failed: "collab-dev explain --run" reads them.
      - if: failure()
        uses: actions/upload-artifact@v4
        with: { name: collab-dev-runs, path: .collab-dev/runs, include-hidden-files: true }
`;

/** What a project begins with. `install`: it has packages of its own to install first. */
export const starterFiles = (install: boolean): readonly StarterFile[] => [
  { path: 'collab-dev.yaml', text: config },
  { path: 'scenarios/share.scenario.yaml', text: scenario },
  { path: '.github/workflows/collab-dev.yml', text: workflow(install) },
  { path: '.collab-dev/.gitignore', text: '*\n' },
];
