/** Runs a CDK app on this machine: `node local/main.ts [--assembly DIR] [--port N] [--data DIR] [--fresh] [--parameters NAME=VALUE] [--watch] [--logs NAME] [--verbose]`. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { parseArgs } from 'node:util';
import { skippedLines } from './assembly/skipped.ts';
import { defaultDataDir, removeData } from './data-dir.ts';
import { glob } from './glob.ts';
import { lockDataDir } from './lock.ts';
import { createStack, type RunningStack } from './stack.ts';
import { keepSynthesized, readCdkJson, synthesize } from './synth.ts';
import { type Log, StackError } from './types.ts';
import { startWatchedStack } from './watch-assembly.ts';

const HELP = `Usage: cdk-local-stack [FOLDER] [options]
  FOLDER          a project, whose cdk.json says how it is synthesized (default: this folder), or a cloud assembly that cdk synth wrote (cdk.out)
  --assembly DIR  run this cloud assembly
  --port N        port of the web page (default 3000)
  --data DIR      folder for the data that survives a restart (default .storm, and for another assembly a folder in it)
  --fresh         begin without the data of earlier starts
  --parameters NAME=VALUE  value of a parameter of the templates (STACK:NAME=VALUE for one stack); can be given again
  --watch         let changes take effect while the stack runs: of the app in this folder, or a new assembly, or files of its assets
  --logs NAME     show the logs of a function, by its construct's id, logical id or name; * stands for any characters, and it can be given again
  --verbose       show a line per invocation, the logs of functions, and each skipped resource`;

const startedBy = process.ppid;
/** How often it is looked whether npm still runs, in milliseconds. */
const PARENT_MS = 500;

// Lambda runs in UTC, and workers inherit the time zone of the process.
process.env['TZ'] = 'UTC';

try {
  await main();
} catch (error) {
  console.error(error instanceof StackError ? `✗ ${error.message}` : error);
  process.exit(1);
}

async function main(): Promise<void> {
  const options = readOptions();
  if (options.help) return console.log(HELP);
  // A project runs as if it had been started in its folder.
  process.chdir(options.project);
  const { dataDir, port, fresh, parameters, watch, logs = [], verbose } = options;
  // Names of functions are `<stack>-<logical id>`, unless the template gives another. The CDK's logical ids are ids of constructs and a hash.
  const chosen = logs.flatMap((name) => [glob(name), glob(`*-${name}`)]);
  const isChosen = (name: string) => chosen.some((is) => is(name) || is(name.replace(/[0-9A-F]{8}$/, '')));
  const log: Log = {
    info: (line) => console.log(line),
    warn: (line) => console.warn(line),
    debug: (line, name) => (verbose || (name && isChosen(name))) && console.log(line),
  };

  let startedAt: number | undefined = performance.now();
  const done = (what: string) => {
    const seconds = startedAt === undefined ? '' : ` (${((performance.now() - startedAt) / 1000).toFixed(1)} s)`;
    log.info(`✓ ${what}${seconds}`);
    startedAt = undefined;
  };

  const onStart = () => log.info('Synthesizing the app …');
  if (options.assembly === undefined) readCdkJson(process.cwd());
  if (fresh) removeData(dataDir);
  let assemblyDir = options.assembly;
  if (assemblyDir === undefined) {
    assemblyDir = path.join(dataDir, 'cdk.out');
    // The lock keeps a running stack from having its assembly replaced.
    const unlock = lockDataDir(dataDir);
    const isNew = await synthesize(process.cwd(), dataDir, assemblyDir, onStart).finally(unlock);
    done(isNew ? 'App synthesized' : 'App unchanged since it was synthesized');
  }

  log.info('Creating its resources …');
  startedAt = performance.now();
  const given = { assemblyDir, dataDir, port, log, parameters };
  const show = (stack: RunningStack) => {
    done(`${stack.created.length} resources ready`);
    describe(stack, log);
    const { names } = stack.functions;
    if (logs.length > 0 && !names.some(isChosen))
      log.warn(`--logs ${logs.join(' and ')} names none of the functions: ${names.join(', ')}`);
  };
  if (watch) {
    const again = () => synthesize(process.cwd(), dataDir, assemblyDir, onStart, true);
    const tell = (error: unknown) => log.warn(`✗ ${error instanceof Error ? error.message : error}`);
    stopOnSignals(await startWatchedStack(given, show));
    if (options.assembly === undefined) keepSynthesized(process.cwd(), dataDir, again, tell);
  } else {
    const stack = await createStack(given);
    stopOnSignals(() => stack.stop());
    show(stack);
  }
}

/** Says what runs, and where. */
function describe(stack: RunningStack, log: Log): void {
  for (const line of skippedLines(stack.skipped)) log.info(line);
  for (const { stack: name, logicalId, type } of stack.skipped) log.debug(`    ${type} ${name}/${logicalId}`);
  const outputs = Object.values(stack.outputs).flatMap((each) => Object.entries(each));
  // An API that no output tells of is shown by the name of its stage in the template.
  const isHidden = ([, url]: [string, string]) => !outputs.some(([, value]) => value.replace(/\/$/, '') === url);
  for (const [name, value] of [...outputs, ...Object.entries(stack.world.stages).filter(isHidden)])
    log.info(`  ${name.padEnd(24)} ${value}`);
  log.info(`  The AWS CLI reaches all this by AWS_CONFIG_FILE=${stack.awsConfig} aws --profile local`);
  log.info(`  Programs reach all this by the variables in ${stack.awsVariables}`);
  log.info(`  Look inside at           ${stack.consoleUrl}`);
  log.info(`\nOpen ${stack.url}   (Ctrl-C stops)`);
}

function readOptions() {
  const { values, positionals } = readArguments();
  const [folder = '.', ...others] = positionals;
  if (others.length) throw new StackError(`One folder can be run, not ${positionals.join(' and ')}.\n${HELP}`);
  if (!fs.existsSync(folder)) throw new StackError(`There is no folder ${path.resolve(folder)}.`);
  const isAssembly = fs.existsSync(path.join(folder, 'manifest.json'));
  // An empty variable counts as missing: as a path it would mean the working directory.
  const port = Number(values.port || process.env['PORT'] || 3000);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new StackError('The port must be a number from 0 to 65535.');
  const named = values.assembly ?? (isAssembly ? folder : undefined);
  const assembly = named === undefined ? undefined : path.resolve(named);
  const project = assembly === undefined ? folder : '.';
  const parameters = (values.parameters ?? []).map((each) => {
    const [, name, value = ''] = /^([^=]+)=(.*)$/s.exec(each) ?? [];
    if (name === undefined) throw new StackError(`--parameters needs NAME=VALUE, not ${each}.`);
    return [name, value] as const;
  });
  const data = values.data || process.env['STORM_DATA'];
  const dataDir = data ? path.resolve(data) : path.resolve(project, defaultDataDir(assembly));
  return { ...values, assembly, project, dataDir, parameters: Object.fromEntries(parameters), port };
}

function readArguments() {
  try {
    return parseArgs({
      options: {
        assembly: { type: 'string' },
        port: { type: 'string' },
        data: { type: 'string' },
        fresh: { type: 'boolean' },
        parameters: { type: 'string', multiple: true },
        watch: { type: 'boolean' },
        logs: { type: 'string', multiple: true },
        verbose: { type: 'boolean' },
        help: { type: 'boolean' },
      },
      allowPositionals: true,
    });
  } catch (error) {
    // What follows the first sentence is about arguments that begin with a dash.
    const [why] = String(error instanceof Error ? error.message : error).split('. ');
    throw new StackError(`${why}.\n${HELP}`);
  }
}

/** npm forwards a Ctrl-C that the terminal has already sent to this process. Two signals within so many milliseconds are one. */
const SAME_KEYSTROKE = 500;

/**
 * The first signal stops everything in order. A second one ends the process at once. What ends npm doesn't reach this process, but the shell
 * between them ends, and that counts as a signal.
 */
function stopOnSignals(stop: () => Promise<void>): void {
  let stoppingSince: number | undefined;
  const onSignal = () => {
    if (stoppingSince === undefined) void stop().then(() => process.exit(0));
    else if (Date.now() - stoppingSince > SAME_KEYSTROKE) process.exit(1);
    stoppingSince ??= Date.now();
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal);
  if (process.env['npm_command'] === undefined) return;
  const watching = setInterval(() => {
    if (process.ppid === startedBy) return;
    clearInterval(watching);
    onSignal();
  }, PARENT_MS).unref();
}
