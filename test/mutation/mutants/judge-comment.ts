import { type CommentFacts, judgeComment as real } from '../../../src/backend/checks/judge-comment.ts';

/** Believes whatever author a reader names. */
export const judgeComment = (facts: CommentFacts) =>
  real({ ...facts, from: facts.held?.owner === facts.me ? facts.author : facts.from });
