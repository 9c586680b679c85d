import { unfriend as real } from '../../../src/backend/acts/unfriend.ts';

/** Leaves the copies of the former friend where they are. */
export const unfriend: typeof real = (user, context) => {
  const { store } = context;
  return real(user, { ...context, store: { ...store, positions: { ...store.positions, remove() {} } } });
};
