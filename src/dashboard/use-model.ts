import { useSyncExternalStore } from 'react';
import type { DashboardModel } from './model.ts';
import type { ModelStore } from './store.ts';

export const useModel = (store: ModelStore): DashboardModel =>
  useSyncExternalStore(store.subscribe, store.get);
