import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs';
import { createServer } from 'node:net';
import * as os from 'node:os';
import * as path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { functionResource, tableResource, writeAssembly } from '../helpers/assembly.ts';

const MAIN = path.resolve('local/main.ts');

let folder: string;
let assembly: string;
let children: ChildProcess[];

beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'cli-'));
  assembly = path.join(folder, 'assembly');
  children = [];
  writeAssembly(
    assembly,
    {
      S: {
        Resources: {
          Fn: functionResource('code'),
          Group: { Type: 'AWS::Logs::LogGroup' },
          Copies: { Type: 'AWS::Backup::BackupVault' },
          Table: tableResource,
          Api: { Type: 'AWS::ApiGatewayV2::Api', Properties: { Name: 'Api', ProtocolType: 'HTTP' } },
          Stage: { Type: 'AWS::ApiGatewayV2::Stage', Properties: { ApiId: { Ref: 'Api' }, StageName: '$default' } },
          Integration: {
            Type: 'AWS::ApiGatewayV2::Integration',
            Properties: {
              ApiId: { Ref: 'Api' },
              IntegrationType: 'AWS_PROXY',
              IntegrationUri: { 'Fn::GetAtt': ['Fn', 'Arn'] },
              PayloadFormatVersion: '2.0',
            },
          },
          Route: {
            Type: 'AWS::ApiGatewayV2::Route',
            Properties: {
              ApiId: { Ref: 'Api' },
              RouteKey: '$default',
              Target: { 'Fn::Join': ['/', ['integrations', { Ref: 'Integration' }]] },
            },
          },
        },
        Outputs: { ApiUrl: { Value: { 'Fn::GetAtt': ['Api', 'ApiEndpoint'] } } },
      },
    },
    { code: { 'index.mjs': `export const handler = async () => { console.log('greeting'); return 'hello'; };` } },
  );
});

afterEach(async () => {
  for (const child of children.filter(({ exitCode, signalCode }) => exitCode === null && signalCode === null)) {
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
  fs.rmSync(folder, { recursive: true, force: true });
});

function run(args: readonly string[], options: { cwd?: string; env?: NodeJS.ProcessEnv } = {}) {
  const child = spawn(process.execPath, [MAIN, '--port', '0', '--data', path.join(folder, 'data'), ...args], {
    ...options,
    env: { ...process.env, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.push(child);
  let output = '';
  const seen = new Set<() => void>();
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      output += chunk;
      for (const look of seen) look();
    });
  }
  const exited = new Promise<number | null>((resolve) => child.once('close', resolve));
  return {
    child,
    exited,
    output: () => output,
    /** Resolves once the output matches; rejects when the process ends before. */
    says: (pattern: RegExp) =>
      new Promise<RegExpExecArray>((resolve, reject) => {
        const look = () => {
          const match = pattern.exec(output);
          if (match) resolve(match);
        };
        seen.add(look);
        look();
        void exited.then(() => reject(new Error(`ended with: ${output}`)));
      }),
  };
}

/** Runs until it is ready; answers the process and its outputs. */
async function start(args: readonly string[] = ['--assembly', assembly]) {
  const started = run(args);
  await started.says(/Ctrl-C stops/);
  const outputs = JSON.parse(fs.readFileSync(path.join(folder, 'data/outputs.json'), 'utf8'));
  return { ...started, apiUrl: String(outputs.S.ApiUrl) };
}

async function failure(args: readonly string[] = ['--assembly', assembly]) {
  const started = run(args);
  const code = await started.exited;
  return { code, output: started.output() };
}

describe('a stack', () => {
  it('runs, says where, and stops on a signal with nothing left behind', async () => {
    const { child, apiUrl, exited, output } = await start();
    expect(output()).toMatch(/✓ \d+ resources ready .*\n(.*\n)*\s+ApiUrl\s+http:\/\/localhost:\d+\n/);
    expect(output()).toContain(
      '  Without local meaning:\n    Logs (1)\n  Not run here:\n    Backup (1): no copies are made\n',
    );
    expect(await (await fetch(apiUrl)).text()).toBe('hello');
    child.kill('SIGINT');
    // npm passes the terminal's signal on, so that it comes twice. (At once, the system would make one of them.)
    await sleep(1);
    child.kill('SIGINT');
    expect(await exited).toBe(0);
    await expect(fetch(apiUrl)).rejects.toThrow();
    expect(fs.existsSync(path.join(folder, 'data/lock'))).toBe(false);
  });

  it('tells of each invocation with --verbose only', async () => {
    const quiet = await start();
    await fetch(quiet.apiUrl);
    quiet.child.kill('SIGINT');
    await quiet.exited;
    expect(quiet.output()).not.toContain('S-Fn');
    const verbose = await start(['--assembly', assembly, '--verbose']);
    await fetch(verbose.apiUrl);
    expect(verbose.output()).toContain('AWS::Logs::LogGroup S/Group');
    await verbose.says(/✓ S-Fn \d+ ms \(cold start\)/);
  });

  it('says that --logs names no function', async () => {
    const { says } = await start(['--assembly', assembly, '--logs', 'Fm']);
    await says(/--logs Fm names none of the functions: S-Fn/);
  });

  it.each(['Fn', 'S-*'])('shows the log of the functions that --logs %s names, and no other', async (name) => {
    const { apiUrl, says, output } = await start(['--assembly', assembly, '--logs', 'other', '--logs', name]);
    await fetch(apiUrl);
    await says(/S-Fn: .*INFO\tgreeting/);
    expect(output()).not.toContain('S/Group');
  });

  it('keeps its data in .storm where the folder is set to nothing', async () => {
    const options = { cwd: folder, env: { STORM_DATA: '' } };
    await run(['--assembly', assembly, '--data', ''], options).says(/Ctrl-C stops/);
    expect(fs.readdirSync(folder).sort()).toEqual(['.storm', 'assembly']);
  });

  it('begins without earlier data with --fresh, and leaves what is no data alone', async () => {
    const first = await start();
    first.child.kill('SIGTERM');
    await first.exited;
    const data = path.join(folder, 'data');
    fs.writeFileSync(path.join(data, 'old.json'), '{}');
    const again = await start(['--assembly', assembly, '--fresh']);
    expect(fs.existsSync(path.join(data, 'old.json'))).toBe(false);
    again.child.kill('SIGTERM');
    await again.exited;
    fs.mkdirSync(path.join(folder, 'home'));
    fs.writeFileSync(path.join(folder, 'home/letter.txt'), 'dear');
    const { output, code } = await failure(['--assembly', assembly, '--fresh', '--data', path.join(folder, 'home')]);
    expect([code, output]).toEqual([1, expect.stringContaining('so --fresh removes nothing')]);
    expect(fs.readdirSync(path.join(folder, 'home'))).toEqual(['letter.txt']);
  });

  it('has data of its own for each assembly from elsewhere', async () => {
    const options = { cwd: fs.mkdtempSync(path.join(folder, 'cwd-')), env: { STORM_DATA: '' } };
    await run(['--assembly', assembly, '--data', ''], options).says(/Ctrl-C stops/);
    expect(fs.readdirSync(path.join(options.cwd, '.storm/apps'))).toEqual([expect.stringMatching(/^assembly-\w{8}$/)]);
  });

  it('is found by its folder alone, too', async () => {
    const { apiUrl } = await start([assembly]);
    expect(await (await fetch(apiUrl)).text()).toBe('hello');
  });

  it('takes over the data folder of one that was killed', async () => {
    const { child, exited } = await start();
    child.kill('SIGKILL');
    await exited;
    const again = await start();
    expect(await (await fetch(again.apiUrl)).text()).toBe('hello');
  });
});

describe('one sentence and exit code 1', () => {
  it('when another stack runs on the data folder', async () => {
    await start();
    const { code, output } = await failure();
    expect(output).toMatch(/^✗ Another local stack \(process \d+\) runs on .*\.$/m);
    expect(code).toBe(1);
  });

  it('when the port is in use', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const port = typeof address === 'object' ? String(address?.port) : '';
    const { code, output } = await failure(['--assembly', assembly, '--port', port]);
    server.close();
    expect(output).toMatch(new RegExp(`✗ Port ${port} is in use: .*\n$`));
    expect(code).toBe(1);
  });

  it('when the data folder can be none, or is corrupt', async () => {
    fs.writeFileSync(path.join(folder, 'data'), '');
    expect(await failure()).toMatchObject({
      code: 1,
      output: expect.stringMatching(/✗ Can't use the data folder .*\n$/),
    });
    fs.rmSync(path.join(folder, 'data'));
    fs.mkdirSync(path.join(folder, 'data'));
    fs.writeFileSync(
      path.join(folder, 'data/dynamodb.sqlite'),
      'this is no database, whatever its name says'.repeat(100),
    );
    const { code, output } = await failure();
    expect(output).toMatch(/✗ .*dynamodb\.sqlite.*\n$/);
    expect(output).not.toContain('    at ');
    expect(code).toBe(1);
  });

  it.each([
    ['a folder is no assembly', ['--assembly', 'nowhere'], /✗ .*nowhere is no cloud assembly.*cdk\.out\.\n$/],
    ['a folder is missing', ['nowhere'], /✗ There is no folder .*nowhere\.\n$/],
    [
      'a folder is neither a project nor an assembly',
      ['docs'],
      /✗ There is no cdk\.json in .*docs, and no manifest\.json: .*\n$/,
    ],
    ['there are two folders', ['docs', 'local'], /✗ One folder can be run, not docs and local\./],
    ['a parameter has no value', ['--parameters', 'Size'], /✗ --parameters needs NAME=VALUE, not Size\.\n$/],
    ['an option is unknown', ['--colour'], /✗ .*--colour/],
    ['a port is none', ['--port', 'high'], /✗ The port must be/],
  ])('when %s', async (_, args, message) => {
    expect(await failure(args)).toMatchObject({ code: 1, output: expect.stringMatching(message) });
  });

  it('when no template has a parameter', async () => {
    const { code, output } = await failure(['--assembly', assembly, '--parameters', 'Size=1']);
    expect([code, output]).toEqual([
      1,
      expect.stringMatching(/✗ No template has a parameter Size\. There are: none\.\n$/),
    ]);
  });

  it('when Node.js is too old to load it', () => {
    const older = `Object.defineProperty(process.versions, 'node', { value: '20.20.2' }); import('./local/bin.ts');`;
    const { status, stderr } = spawnSync(process.execPath, ['-e', older], { encoding: 'utf8' });
    expect([status, stderr]).toEqual([1, '✗ cdk-local-stack needs Node.js 22.18 or later, and this is 20.20.2.\n']);
  });

  it('when a resource is refused, with its name', async () => {
    writeAssembly(
      assembly,
      { S: { Resources: { Fn: functionResource('code', { Runtime: 'python3.13' }) } } },
      { code: {} },
    );
    const { code, output } = await failure();
    expect(output).toMatch(/✗ S\/Fn \(AWS::Lambda::Function\): Runtime: .*\n$/);
    expect(code).toBe(1);
  });
});

describe('without --assembly', () => {
  let project: string;

  beforeEach(() => {
    project = path.join(folder, 'project');
    fs.mkdirSync(project);
    // An app that notes each run, and writes the assembly where the CDK's App would.
    const app = `
      const fs = require('node:fs');
      fs.appendFileSync('runs', process.env.CDK_CONTEXT_JSON + '\\n');
      if (fs.readFileSync('source.txt', 'utf8') === 'broken') throw new Error('no such construct');
      fs.cpSync(${JSON.stringify(assembly)}, process.env.CDK_OUTDIR, { recursive: true });`;
    fs.writeFileSync(path.join(project, 'app.cjs'), app);
    fs.writeFileSync(path.join(project, 'source.txt'), 'one');
    const cdkJson = { app: `"${process.execPath}" app.cjs`, watch: { include: ['source.txt'] }, context: { a: 1 } };
    fs.writeFileSync(path.join(project, 'cdk.json'), JSON.stringify(cdkJson));
  });

  const runs = () => fs.readFileSync(path.join(project, 'runs'), 'utf8').trim().split('\n');

  async function startProject() {
    const started = run([], { cwd: project });
    await started.says(/Ctrl-C stops/);
    started.child.kill('SIGTERM');
    await started.exited;
    return started.output();
  }

  it('the app of cdk.json is synthesized with its context, and again only when its files changed', async () => {
    expect(await startProject()).toContain('✓ App synthesized');
    expect(await startProject()).toContain('✓ App unchanged');
    expect(runs()).toEqual(['{"a":1,"cdk-local-stack":true}']);
    fs.writeFileSync(path.join(project, 'source.txt'), 'changed');
    expect(await startProject()).toContain('✓ App synthesized');
    expect(runs()).toHaveLength(2);
  });

  it('a project elsewhere is run as if from its folder', async () => {
    const data = path.join(folder, 'own data');
    const { child, exited, says } = run([project, '--data', 'own data'], { cwd: folder });
    await says(/Ctrl-C stops/);
    child.kill('SIGTERM');
    await exited;
    expect(runs()).toHaveLength(1);
    expect(fs.existsSync(path.join(data, 'cdk.out/manifest.json'))).toBe(true);
  });

  it('nothing is synthesized under the feet of a stack that runs', async () => {
    const running = run([], { cwd: project });
    await running.says(/Ctrl-C stops/);
    fs.writeFileSync(path.join(project, 'source.txt'), 'changed');
    const second = run([], { cwd: project });
    expect(await second.exited).toBe(1);
    expect(second.output()).toMatch(/^✗ Another local stack/);
    expect(runs()).toHaveLength(1);
  });

  it('an app that fails is told with what it wrote, and tried again the next time', async () => {
    fs.writeFileSync(path.join(project, 'source.txt'), 'broken');
    for (const attempt of [1, 2]) {
      const started = run([], { cwd: project });
      expect(await started.exited).toBe(1);
      expect(started.output()).toMatch(/✗ .* failed:\n(.*\n)*.*no such construct/);
      expect(runs()).toHaveLength(attempt);
    }
  });
});
