import * as z from 'zod/mini';
import type { Metrics, Run, Scenario, Script } from './artillery.ts';
import { Counts } from './counts.ts';
import { perform } from './perform.ts';
import { EngineOptions, Step, User } from './steps.ts';
import { VirtualUser } from './virtual-user.ts';

/**
 * The engine `storm` of Artillery. Its users are clients of the SDK, which count what they sent, what was acknowledged, and what
 * arrived. (Artillery's own engine `ws` takes the next frame for the answer, and drops what nobody waits for.)
 */
export default class StormEngine {
  readonly #options: EngineOptions;
  /** When the first user of this process came, in ms since 1970. */
  #startedAt: number | undefined;

  constructor(script: Script) {
    this.#options = EngineOptions.parse(script.config.engines?.['storm']);
  }

  createScenario({ flow }: Scenario, metrics: Metrics): Run {
    const steps = z.array(Step).parse(flow);
    return (context, done) => {
      metrics.emit('started');
      this.#startedAt ??= Date.now();
      const until = this.#startedAt + this.#options.seconds * 1_000;
      const user = new VirtualUser(User.parse(context.vars), this.#options, new Counts(metrics));
      void play(user, steps, until)
        .finally(() => user.close())
        .then(
          () => done(null, context),
          (error: unknown) => done(error instanceof Error ? error : new Error(String(error)), context),
        );
    };
  }
}

async function play(user: VirtualUser, steps: readonly Step[], until: number): Promise<void> {
  for (const step of steps) await perform(user, step, until);
}
