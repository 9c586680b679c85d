import type { RevokeJudgement } from '../../../src/backend/checks/judge-revoke.ts';

/** Keeps what was taken back. */
export const judgeRevoke = (): RevokeJudgement => ({ do: 'ignore' });
