import process from 'node:process';
import type { TestContext } from 'vitest';

/**
 * For a test that needs a part which a machine may lack (a Redis server, a browser): returns the part, or skips the
 * test and says why. With COLLAB_DEV_REQUIRE_ALL=1, as in CI, a missing part is a failure, so that a green run
 * there has really run everything.
 */
export function requirement<Part>(context: TestContext, name: string, part: Part | undefined): Part {
  if (part !== undefined) return part;
  const reason = `This test needs ${name}, which this machine does not have.`;
  if (process.env.COLLAB_DEV_REQUIRE_ALL === '1') throw new Error(reason);
  return context.skip(reason);
}
