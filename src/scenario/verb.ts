import type { z } from 'zod';
import { type UserId, userId } from '../protocol/ids.ts';
import type { Complaint } from './complaint.ts';
import type { Leaves } from './leaves.ts';
import type { StepContext } from './step-context.ts';
import { type StepEnd, together } from './step-end.ts';

/** After a failed act a file stops; after a failed expectation it goes on. */
export type StepKind = 'act' | 'expectation' | 'control';

/** How it is written: `alice: { share: … }`, `relay: kill`, or `heal: everyone`. */
export type VerbForm = 'map' | 'word' | 'control';

export interface VerbSchemas {
  /** What stands behind the verb's key; absent for a word. */
  readonly object?: z.ZodType;
  /** The keys beside the verb's. */
  readonly options?: z.ZodObject;
}

export type RunStep = (context: StepContext) => Promise<StepEnd>;

/** What ends a block, whatever became of the steps in it; gets how the block began. */
export type LeaveBlock = (begun: StepEnd, context: StepContext) => Promise<StepEnd>;

/** How a control holds other steps. */
export interface BlockForm {
  /** `do`: under that key, beside its own; `itself`: what stands behind its key is the list. */
  readonly under: 'do' | 'itself';
  readonly needed: boolean;
  readonly atOnce: boolean;
}

/** What a step's YAML holds, not parsed yet. `who` are known names: users, or `relay`. */
export interface RawStep {
  readonly who: readonly string[];
  readonly object: unknown;
  readonly options: Readonly<Record<string, unknown>>;
  /** Other steps stand in it. */
  readonly isBlock: boolean;
}

export type Bound =
  | {
      /** The step, or what comes before the steps of a block. */
      readonly run: RunStep;
      /** How often a block is played; absent means once. */
      readonly times?: number | undefined;
      readonly leave?: LeaveBlock | undefined;
    }
  | {
      readonly objectIssues: readonly z.core.$ZodIssue[];
      readonly optionIssues: readonly z.core.$ZodIssue[];
    };

/** One verb, word or control of the language. The parser and the runner know no more of it than this. */
export interface Verb {
  readonly name: string;
  /** One sentence, for the reference and for editors. */
  readonly summary: string;
  readonly form: VerbForm;
  readonly kind: StepKind;
  /** Whether `relay: <word>` is possible too. */
  readonly ofRelay: boolean;
  /** Why a file should rather not say it. */
  readonly discouraged?: Pick<Complaint, 'message' | 'hint'> | undefined;
  /** Absent: no steps can stand in it. */
  readonly block?: BlockForm | undefined;
  inFile(leaves: Leaves): VerbInFile;
}

/** A verb whose schemas know the names of one file. */
export interface VerbInFile {
  readonly schemas: VerbSchemas;
  /** Parses what a step says and closes over it. */
  bind(raw: RawStep): Bound;
}

interface VerbParts<O extends z.ZodType, P extends z.ZodObject> {
  readonly name: string;
  readonly kind: 'act' | 'expectation';
  readonly summary: string;
  readonly schemas: (leaves: Leaves) => { readonly object: O; readonly options: P };
  readonly run: (
    said: { readonly who: UserId; readonly object: z.output<O>; readonly options: z.output<P> },
    context: StepContext,
  ) => Promise<StepEnd>;
}

/** A verb of users: `alice: { share: berlin-calls, with: bob }`. Several users do it at once, each for itself. */
export function defineVerb<O extends z.ZodType, P extends z.ZodObject>(parts: VerbParts<O, P>): Verb {
  const { name, kind, summary, schemas, run } = parts;
  return {
    name,
    kind,
    summary,
    form: 'map',
    ofRelay: false,
    inFile(leaves) {
      const ofFile = schemas(leaves);
      return {
        schemas: ofFile,
        bind(raw) {
          const object = ofFile.object.safeParse(raw.object);
          const options = ofFile.options.safeParse(raw.options);
          if (!object.success || !options.success) {
            return { objectIssues: object.error?.issues ?? [], optionIssues: options.error?.issues ?? [] };
          }
          const who = raw.who.map((user) => userId.parse(user));
          const said = { object: object.data, options: options.data };
          return {
            run: async (context) =>
              together(await Promise.all(who.map((user) => run({ who: user, ...said }, context)))),
          };
        },
      };
    },
  };
}

/** A bare word: `relay: kill`, `alice: disconnect`. */
export function defineWord(parts: {
  readonly name: string;
  readonly summary: string;
  readonly ofRelay: boolean;
  readonly run: (who: string, context: StepContext) => Promise<StepEnd>;
}): Verb {
  return {
    ...parts,
    form: 'word',
    kind: 'act',
    inFile: () => ({
      schemas: {},
      bind: ({ who }) => ({
        run: async (context) => together(await Promise.all(who.map((name) => parts.run(name, context)))),
      }),
    }),
  };
}

/** A step without a WHO: `heal: everyone`. As a block it has a beginning, the steps in it, and an end. */
export function defineControl<O extends z.ZodType>(parts: {
  readonly name: string;
  readonly summary: string;
  readonly discouraged?: Pick<Complaint, 'message' | 'hint'>;
  readonly block?: BlockForm;
  readonly schema: (leaves: Leaves) => O;
  readonly run: (said: z.output<O>, context: StepContext) => Promise<StepEnd>;
  readonly times?: (said: z.output<O>) => number;
  readonly leave?: LeaveBlock;
}): Verb {
  const { name, summary, schema, run, discouraged, block, times, leave } = parts;
  return {
    name,
    summary,
    discouraged,
    block,
    form: 'control',
    kind: 'control',
    ofRelay: false,
    inFile(leaves) {
      const ofFile = schema(leaves);
      return {
        schemas: { object: ofFile },
        bind(raw) {
          const object = ofFile.safeParse(raw.object);
          if (!object.success) return { objectIssues: object.error.issues, optionIssues: [] };
          const { data } = object;
          const begin: RunStep = (context) => run(data, context);
          return raw.isBlock ? { run: begin, times: times?.(data), leave } : { run: begin };
        },
      };
    },
  };
}
