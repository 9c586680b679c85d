import { Argument } from 'commander';
import { z } from 'zod';
import { candidates } from '../completion/candidates.ts';
import { lookupsIn } from '../completion/lookups.ts';
import { completionScript, shells } from '../completion/scripts.ts';
import type { DefineCommand } from './command.ts';
import { commands } from './list.ts';

const shellName = z.enum(shells);

export const define: DefineCommand = (command, run) =>
  void command
    .addArgument(new Argument('<shell>', 'bash, zsh or fish').choices(shells))
    .argument(
      '[words...]',
      'behind "--", the words of a line so far: what could come next is printed instead',
    )
    .addHelpText(
      'after',
      '\nIn ~/.bashrc: source <(collab-dev completion bash)\nIn ~/.zshrc, behind compinit: source <(collab-dev completion zsh)\nIn config.fish: collab-dev completion fish | source',
    )
    .action((raw: unknown, words: readonly string[]) => {
      const shell = shellName.parse(raw);
      const { parent: root } = command;
      return run(async ({ cwd, dist, output }) => {
        if (words.length === 0 || !root) {
          output.data(completionScript(shell).trimEnd());
          return 0;
        }
        const found = await candidates(words, root, commands, lookupsIn(cwd, dist));
        for (const { word, about } of found) output.data(`${word}\t${about}`);
        return 0;
      });
    });
