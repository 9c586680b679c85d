import { backendRoutes } from '../protocol/backend-rest.ts';
import { type Census, census } from '../protocol/census.ts';
import { getText } from './get-text.ts';

const withinMs = 5000;

/** What a backend that is not ours says it has under way; undefined where it does not say. */
export async function askCensus(
  url: string,
  token: string,
  ca: string | undefined,
): Promise<Census | undefined> {
  const target = new URL(backendRoutes.readCensus.path, url);
  const reply = await getText(target, { ca, token, signal: AbortSignal.timeout(withinMs) });
  if (typeof reply === 'string' || reply.status !== 200) return undefined;
  try {
    return census.safeParse(JSON.parse(reply.body)).data;
  } catch {
    return undefined;
  }
}
