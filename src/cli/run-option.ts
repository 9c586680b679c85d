import { Option } from 'commander';

/** `--run`, the same for every command that means a run which is alive. */
export const liveRunOption = (): Option =>
  new Option(
    '--run <run>',
    'a run by its id, the beginning of it, or its name; without it the only one here',
  );

/** `--format`, the same for every command that prints data for people and for programs. */
export const formatOption = (): Option =>
  new Option('--format <format>', 'text or json').choices(['text', 'json']).default('text');
