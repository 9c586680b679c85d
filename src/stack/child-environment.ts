import type { ChildEnvironment } from './child-process.ts';
import { compileCache } from './compile-cache.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** What the processes of a stack may know of our environment: how to find programs and how to speak to people. */
export const childEnvironment = (env: Environment): ChildEnvironment => {
  const { PATH, HOME, USER, LOGNAME, SHELL, LANG, LC_ALL, TZ, TMPDIR } = env;
  const inherited = { PATH, HOME, USER, LOGNAME, SHELL, LANG, LC_ALL, TZ, TMPDIR };
  return { ...given(inherited), NODE_COMPILE_CACHE: compileCache(env) };
};

const given = (all: Environment): ChildEnvironment =>
  Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
