import { Option } from 'commander';

/** `-c`, the same for every command that reads a configuration. */
export const configOption = (): Option =>
  new Option('-c, --config <file>', 'the configuration, instead of the nearest collab-dev.yaml above');

/** `--backend`, the same for every command that starts a stack; more than once is one after the other. */
export const backendOption = (): Option =>
  new Option(
    '--backend <user=name>',
    'a backend of the configuration in this place, or "simulated"; may be given more than once',
  )
    .argParser((given: string, before: readonly string[] = []) => [...before, given])
    .default([], 'none');
