import { Command, type Option } from 'commander';
import type { CommandEntry } from '../commands/command.ts';

/** A word that could come next, and what it means. */
export interface Candidate {
  readonly word: string;
  readonly about: string;
}

/** What only the folder knows in which somebody types. */
export interface Lookups {
  readonly runs: () => Promise<readonly Candidate[]>;
  readonly scenarios: () => Promise<readonly Candidate[]>;
  /** Users and processes of the newest run. */
  readonly names: () => Promise<readonly Candidate[]>;
}

/** Which lookup an argument or the value of an option is for, by its name. */
const lookupOf: Readonly<Record<string, keyof Lookups>> = {
  run: 'runs',
  '--run': 'runs',
  file: 'scenarios',
  files: 'scenarios',
  '--scenario': 'scenarios',
  name: 'names',
  names: 'names',
  ends: 'names',
  which: 'names',
  words: 'names',
  '--from': 'names',
  '--to': 'names',
  '--user': 'names',
};

/** The words of a line so far, behind `collab-dev`; the last one is still being typed, and may be empty. */
export async function candidates(
  words: readonly string[],
  root: Command,
  commands: readonly CommandEntry[],
  lookups: Lookups,
): Promise<readonly Candidate[]> {
  const typed = words.at(-1) ?? '';
  const found = await placeOf(words.slice(0, -1), root, commands);
  if (!found) return [];
  const all = await possible(found, typed, commands, lookups);
  return all.filter(({ word }) => word.startsWith(typed));
}

/** Where in a line the next word stands. */
interface Place {
  readonly command: Command;
  readonly isRoot: boolean;
  /** How many arguments there are already. */
  readonly args: number;
  /** The option that waits for a value. */
  readonly open: Option | undefined;
  /** Nothing is an option any more. */
  readonly bare: boolean;
}

async function placeOf(
  before: readonly string[],
  root: Command,
  commands: readonly CommandEntry[],
): Promise<Place | undefined> {
  let place: Place = { command: root, isRoot: true, args: 0, open: undefined, bare: false };
  for (const word of before) {
    if (!place.bare && word === '--') place = { ...place, bare: true, open: undefined };
    else if (!place.bare && word.startsWith('-'))
      place = { ...place, open: optionOpenedBy(place.command, word) };
    else if (place.open) place = { ...place, open: place.open.variadic ? place.open : undefined };
    else if (place.isRoot) {
      const entry = commands.find(({ name }) => name === word);
      if (!entry) return undefined;
      place = { ...place, command: await defined(entry), isRoot: false };
    } else {
      const inner: Command | undefined =
        place.args === 0 ? place.command.commands.find((one) => one.name() === word) : undefined;
      place = inner ? { ...place, command: inner } : { ...place, args: place.args + 1 };
    }
  }
  return place;
}

async function defined(entry: CommandEntry): Promise<Command> {
  const command = new Command(entry.name);
  (await entry.load()).define(command, async () => {});
  return command;
}

const optionsOf = (command: Command): Option[] => [...command.createHelp().visibleOptions(command)];

/** The option of a word, if the next word is its value. */
function optionOpenedBy(command: Command, word: string): Option | undefined {
  const option = optionsOf(command).find(({ long, short }) => word === long || word === short);
  return option?.required ? option : undefined;
}

async function possible(
  { command, isRoot, args, open, bare }: Place,
  typed: string,
  commands: readonly CommandEntry[],
  lookups: Lookups,
): Promise<readonly Candidate[]> {
  const [, long = '', given] = /^(--[\w-]+)=(.*)$/.exec(typed) ?? [];
  const joined = given === undefined || bare ? undefined : optionOpenedBy(command, long);
  if (joined) {
    const values = await valuesOf(joined.argChoices, long, lookups);
    return values.map(({ word, about }) => ({ word: `${long}=${word}`, about }));
  }
  if (open && !(open.variadic && typed.startsWith('-'))) {
    return valuesOf(open.argChoices, open.long ?? '', lookups);
  }
  if (typed.startsWith('-') && !bare) {
    return optionsOf(command).flatMap(({ long, short, description }) =>
      [long, typed.startsWith('--') ? undefined : short].flatMap((word) =>
        word === undefined ? [] : [{ word, about: description }],
      ),
    );
  }
  if (isRoot) return commands.map(({ name, summary }) => ({ word: name, about: summary }));
  if (args === 0 && command.commands.length > 0) {
    return command.commands.map((inner) => ({ word: inner.name(), about: inner.description() }));
  }
  const last = command.registeredArguments.at(-1);
  const argument = command.registeredArguments[args] ?? (last?.variadic ? last : undefined);
  return argument ? valuesOf(argument.argChoices, argument.name(), lookups) : [];
}

async function valuesOf(
  choices: readonly string[] | undefined,
  name: string,
  lookups: Lookups,
): Promise<readonly Candidate[]> {
  if (choices) return choices.map((word) => ({ word, about: '' }));
  const lookup = lookupOf[name];
  // Whatever is wrong with a folder is not said in the middle of somebody's typing.
  return lookup === undefined ? [] : lookups[lookup]().catch(() => []);
}
