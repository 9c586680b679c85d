import { z } from 'zod';
import { Problem } from '../../problem.ts';
import { userId } from '../../protocol/ids.ts';
import { backendAudience, relayAudience } from '../../protocol/tokens.ts';
import { lifetimeSeconds } from '../lifetime.ts';
import { askForToken, signToken, type TokenWish } from '../make-token.ts';
import { liveRunOption } from '../run-option.ts';
import type { DefineCommand } from './command.ts';

const tokenOptions = z.object({
  user: z.string(),
  audience: z.string(),
  expires: z.string(),
  run: z.string().optional(),
});

const more = `
It is printed alone, for a script to take:
  curl -H "Authorization: Bearer $(collab-dev token --user alice --audience backend)" localhost:8000/api/v1/friends

The run that is alive in this folder signs it. With COLLAB_JWT_SECRET in the environment and no --run, that secret
does, for a relay and backends that believe it.`;

export const define: DefineCommand = (command, run) =>
  void command
    .requiredOption('--user <name>', 'whose token it is')
    .option('--audience <who>', "relay, backend (the user's own), or any text", 'relay')
    .option('--expires <duration>', 'from 1s to 30d', '1h')
    .addOption(liveRunOption())
    .addHelpText('after', more)
    .action((raw: unknown) => {
      const options = tokenOptions.parse(raw);
      return run(async ({ cwd, env, output }) => {
        const wish = wishOf(options);
        const secret = options.run === undefined ? env.COLLAB_JWT_SECRET : undefined;
        output.data(secret ? await signToken(wish, secret) : await askForToken(wish, cwd, options.run));
        return 0;
      });
    });

function wishOf({ user, audience, expires }: z.infer<typeof tokenOptions>): TokenWish {
  const name = userId.safeParse(user);
  if (!name.success) throw badUser(user);
  const forWhom = { relay: relayAudience, backend: backendAudience(name.data) };
  return {
    user: name.data,
    audience: audience === 'relay' || audience === 'backend' ? forWhom[audience] : audience,
    seconds: lifetimeSeconds(expires),
  };
}

const badUser = (given: string) =>
  new Problem({
    code: 'bad-user',
    message: `"${given}" is not a user's name.`,
    hint: 'A name has 1 to 64 letters, digits, ".", "_", "@" or "-".',
    exit: 2,
  });
