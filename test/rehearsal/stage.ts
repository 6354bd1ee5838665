import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { App } from 'aws-cdk-lib';
import { readSettings } from '#lib/settings.ts';
import { StormStack } from '#lib/storm-stack.ts';
import { startTestStack, type TestStack } from '#local/test/helpers/stack.ts';
import { freePort } from '#test/helpers/storm.ts';
import cdkJson from '../../cdk.json' with { type: 'json' };

/** A stage on this machine, in a folder and on a port of its own, to which can be deployed more than once. */
export class Stage {
  readonly #folder = fs.mkdtempSync(path.join(tmpdir(), 'rehearsal-'));
  readonly #port: number;
  #stack: TestStack | undefined;

  private constructor(port: number) {
    this.#port = port;
  }

  static async create(): Promise<Stage> {
    return new Stage(await freePort());
  }

  get stack(): TestStack {
    if (!this.#stack) throw new Error('Nothing is deployed');
    return this.#stack;
  }

  /** The file that `npm run restore` writes, and a deployment reads. */
  get restored(): string {
    return path.join(this.#folder, 'restored.json');
  }

  /** Deploys the app with a context, as `npx cdk deploy -c …` does. Data and addresses stay, and sockets end. */
  async deploy(context: Readonly<Record<string, unknown>> = {}): Promise<void> {
    await this.#stack?.stop();
    // The CDK remembers in this process what it has bundled into a folder, so only the first time takes long.
    const outdir = path.join(this.#folder, 'cdk.out');
    const app = new App({ outdir, context: { ...cdkJson.context, 'cdk-local-stack': true, ...context } });
    const restored = fs.existsSync(this.restored) ? JSON.parse(fs.readFileSync(this.restored, 'utf8')) : {};
    const settings = readSettings((key) => app.node.tryGetContext(key), undefined, restored);
    new StormStack(app, `storm-${settings.stage}`, settings);
    app.synth();
    this.#stack = await startTestStack(outdir, { dataDir: path.join(this.#folder, 'data'), port: this.#port });
  }

  async remove(): Promise<void> {
    await this.#stack?.stop();
    fs.rmSync(this.#folder, { recursive: true, force: true });
  }
}
