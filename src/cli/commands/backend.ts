import { readFileSync } from 'node:fs';
import { openBackend } from '../../backend/backend.ts';
import { backendConfigFrom } from '../../backend/env.ts';
import { serveUntilStopped } from '../serve-until-stopped.ts';
import type { DefineCommand } from './command.ts';

const environment = `
Environment:
  USER_ID              whose backend it is
  COLLAB_URL           where the relay is
  PORT                 where to listen; 0 takes any free port (8000)
  COLLAB_TOKEN         the token for the relay, or
  COLLAB_TOKEN_FILE    a file that holds it, read at each connect
  COLLAB_JWT_SECRET    the secret of the owner's HS256 tokens, or
  COLLAB_JWKS          the Ed25519 keys of their issuer, in JSON or in a file, or
  COLLAB_INSECURE=1    no tokens at all; on this machine only
  COLLAB_FRIENDS       names with commas between them; seeds an empty database
  COLLAB_ALLOW_PRIVATE=1  friends' backends may have private addresses
  DATA_DIR, PUBLIC_URL, PAGE_ORIGINS, DISPLAY_NAME`;

export const define: DefineCommand = (command, run) =>
  void command.addHelpText('after', environment).action(() =>
    run(async (context) => {
      const config = backendConfigFrom(context.env, (path) => readFileSync(path, 'utf8'));
      return serveUntilStopped(context, `${config.user_id}'s backend`, (tell) =>
        openBackend(config, { tell }),
      );
    }),
  );
