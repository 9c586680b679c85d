import { join } from 'node:path';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Where compiled code is kept between runs, for processes that cannot ask for it before they load: the same folder that
 * bin/collab-dev.js uses. Undefined where the user has none or declines.
 */
export function compileCache(env: Environment): string | undefined {
  if (env.NODE_DISABLE_COMPILE_CACHE) return undefined;
  if (env.NODE_COMPILE_CACHE) return env.NODE_COMPILE_CACHE;
  const caches = env.XDG_CACHE_HOME || (env.HOME && join(env.HOME, '.cache'));
  return caches ? join(caches, 'collab-dev') : undefined;
}
