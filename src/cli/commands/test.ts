import { relative } from 'node:path';
import process from 'node:process';
import { Option } from 'commander';
import { z } from 'zod';
import { topology } from '../../protocol/topology.ts';
import { childEnvironment } from '../../stack/child-environment.ts';
import { createRunFolder } from '../../stack/run-folder.ts';
import { commandsHere } from '../config-file/commands-here.ts';
import { backendOption, configOption } from '../config-file/config-option.ts';
import { type ProjectSettings, projectSettings, replayParts } from '../config-file/stack-settings.ts';
import type { CommandExit } from '../exit-codes.ts';
import { keepTests } from '../keep-tests.ts';
import { runTests, whySkipped } from '../run-tests.ts';
import { stoppingNotice } from '../run-view.ts';
import { allValid, scenarioFiles } from '../scenario-files.ts';
import { selectScenarios } from '../select-scenarios.ts';
import { listenToSignals, watchParent } from '../signals.ts';
import { exitOf, type TestResult, testJson, testReport } from '../test-report.ts';
import { noTlsOption, tlsOption } from '../tls-option.ts';
import { topologyOption } from '../topology-option.ts';
import type { CommandContext, DefineCommand } from './command.ts';

const testOptions = z.object({
  grep: z.string().optional(),
  tag: z.array(z.string()).default([]),
  bail: z.boolean().default(false),
  list: z.boolean().default(false),
  fresh: z.boolean().default(false),
  keep: z.boolean().default(false),
  strict: z.boolean().default(false),
  topology: topology.optional(),
  tls: z.boolean().optional(),
  config: z.string().optional(),
  backend: z.array(z.string()),
  format: z.enum(['text', 'json']),
});
type TestOptions = z.infer<typeof testOptions>;

export const define: DefineCommand = (command, run) =>
  void command
    .argument('[files...]', 'scenario files, or names of shipped ones; without any, all below this folder')
    .option('-g, --grep <pattern>', 'only scenarios whose name matches')
    .option('--tag <tags...>', 'only scenarios with one of these tags')
    .option('-x, --bail', 'end after the first that does not pass')
    .option('--list', 'print what would be played, and play nothing')
    .option('--fresh', 'new processes for each scenario, instead of warm ones')
    .option('--keep', 'leave the stack of the first that does not pass up, and end there')
    .option('--strict', 'events that no step claims are failures')
    .addOption(configOption())
    .addOption(backendOption())
    .addOption(topologyOption())
    .addOption(tlsOption())
    .addOption(noTlsOption())
    .addOption(new Option('--format <format>', 'text or json').choices(['text', 'json']).default('text'))
    .action((names: string[], raw: unknown) => {
      const options = testOptions.parse(raw);
      return run((context) => test(context, names, options));
    });

async function test(
  context: CommandContext,
  names: readonly string[],
  options: TestOptions,
): Promise<CommandExit> {
  const { output, cwd, dist } = context;
  const project = await projectSettings(options, context);
  const backends = Object.keys(project.loaded?.config.backends ?? {});
  const all = allValid(await (await scenarioFiles(cwd, dist, backends)).parseAll(names));
  const scenarios = selectScenarios(all, { grep: options.grep, tags: options.tag });
  if (options.list) {
    const listed = scenarios.map(({ name, source, tags }) => ({ name, file: source.file, tags }));
    if (options.format === 'json') output.data(JSON.stringify({ scenarios: listed }, null, 2));
    else for (const { name, file } of listed) output.data(`${file}  ${name}`);
  }
  if (scenarios.length === 0)
    output.chatter(all.length === 0 ? noScenario : `None of ${all.length} scenarios matched.`);
  if (scenarios.length === 0) return 5;
  return options.list ? 0 : play(context, scenarios, options, project);
}

const noScenario = 'There is no scenario below this folder. "collab-dev init" writes one to begin with.';

async function play(
  context: CommandContext,
  scenarios: ReturnType<typeof selectScenarios>,
  { fresh, strict, bail, keep, format }: TestOptions,
  project: ProjectSettings,
): Promise<CommandExit> {
  const { output, cwd, env, version } = context;
  const stopped = new AbortController();
  using signals = listenToSignals(process, {
    stop(signal) {
      if (signal === 'SIGHUP') output.mute();
      if (signal === 'SIGINT') output.chatter(stoppingNotice);
      stopped.abort();
    },
    // The children end with their IPC channels.
    force: () => signals.reraise(),
  });
  using _parent = watchParent(process, () => stopped.abort());
  output.onReaderGone(() => stopped.abort());

  const run = await createRunFolder(cwd);
  const report = testReport(output.color);
  const say = format === 'json' ? output.chatter : output.data;
  const results: TestResult[] = [];
  let kept: string | undefined;
  const started = performance.now();
  const environment = childEnvironment(env);
  try {
    const { signal } = stopped;
    const how = {
      topology: project.effective.topology.value,
      tls: project.effective.tls.value,
      commands: await commandsHere(project, env),
    };
    const each = keep
      ? keepTests({
          context,
          scenarios,
          run,
          settings: {
            ports: 'auto',
            links: true,
            pages: false,
            ...replayParts(project),
          },
          strict,
          signal,
          skip: (scenario) => whySkipped(scenario, how),
          onKept: (id) => {
            kept = id;
          },
        })
      : runTests({ scenarios, run, environment, version, signal, fresh, strict, bail, ...how });
    for await (const result of each) {
      results.push(result);
      say(report.line(result));
    }
  } catch (thrown) {
    if (!stopped.signal.aborted) throw thrown;
  }
  const ms = performance.now() - started;
  for (const line of results.flatMap(report.details)) say(line);
  say(`\n${report.summary(results, ms)}; ${relative(cwd, run.path)} has the logs and journals`);
  if (kept !== undefined) say(`Its stack is up: collab-dev attach --run ${kept}`);
  if (format === 'json') output.data(JSON.stringify(testJson(run.id, results, ms, kept), null, 2));
  await output.drained();
  signals.reraise();
  return exitOf(results);
}
