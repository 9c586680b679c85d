import { parseConfig } from '../../src/config/parse-config.ts';
import type { ProjectConfig } from '../../src/config/project-config.ts';
import { portfolios } from '../scenario/fixtures.ts';

/** A project with a few folders, and a few variables; nothing of it is on any disk. */
export const project = {
  folder: '/project',
  variables: { NAME: 'Alice', HOST: 'localhost' },
  fixtures: portfolios,
  usualUsers: ['alice', 'bob', 'carol'],
  isFolder: (path: string) => ['/project', '/project/backend', '/web'].includes(path),
} as const;

export function configOf(text: string): ProjectConfig {
  const parsed = parseConfig('collab-dev.yaml', text, project);
  if (!parsed.ok) throw new Error(parsed.complaints.map(({ message }) => message).join('\n'));
  return parsed.config;
}
