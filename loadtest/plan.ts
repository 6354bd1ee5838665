import { environment, includedFiles, usersFile } from './files.ts';
import type { Profile } from './profiles.ts';
import { scenariosOf, type TestName } from './scenarios.ts';
import type { Target } from './target.ts';
import { thresholdsOf } from './thresholds.ts';
import { fields } from './users.ts';

/** How a test is run: the same script by each of `workers` machines, of which each makes its part of the load. */
export interface Plan {
  readonly workers: number;
  /** Users that come to each machine per second, and for how many seconds. Artillery takes whole numbers only. */
  readonly arrivalRate: number;
  readonly rampSeconds: number;
  /** From the first user to the end. */
  readonly seconds: number;
  /** What comes of it, a little less or more than the profile says. */
  readonly connections: number;
}

/**
 * A task of Fargate may have 8 192 open files as Artillery starts it (`lib/platform/aws-ecs/legacy/run-cluster.ts` of version 2.0.34), and a
 * user needs one for the socket and one for each HTTP request under way.
 */
const usersPerTask = 6_000;

/** Divides a profile by machines: each repeats the phases, so the rates are divided, and rounded down to keep below quotas. */
export function divide(profile: Profile, where: 'local' | 'fargate'): Plan {
  const { connections, connectsPerSecond, holdSeconds } = profile;
  const workers = where === 'local' ? 1 : Math.ceil(connections / usersPerTask);
  const arrivalRate = Math.max(1, Math.floor(connectsPerSecond / workers));
  const rampSeconds = Math.ceil(connections / (workers * arrivalRate));
  const seconds = rampSeconds + holdSeconds;
  return { workers, arrivalRate, rampSeconds, seconds, connections: workers * arrivalRate * rampSeconds };
}

/** The script that Artillery gets. It takes JSON for YAML. */
export function scriptOf(test: TestName, profile: Profile, plan: Plan, { httpUrl, wsUrl }: Target) {
  const scenarios = scenariosOf(test);
  const perMinute = messagesPerMinute(test, profile);
  return {
    config: {
      target: httpUrl,
      statsInterval: 5,
      includeFiles: includedFiles,
      phases: [{ name: 'ramp', duration: plan.rampSeconds, arrivalRate: plan.arrivalRate }],
      payload: {
        path: usersFile,
        fields,
        skipHeader: true,
        cast: false,
        // Each machine has the whole file. By chance a user comes twice, which is somebody with two devices.
        order: plan.workers > 1 ? 'random' : 'sequence',
      },
      plugins: { ensure: {} },
      ensure: { conditions: thresholdsOf(scenarios.flatMap(({ flow }) => flow)).map((expression) => ({ expression })) },
      environments: {
        /**
         * The engine is named here and not in `config.engines`: what stands there Artillery installs on Fargate from the public
         * registry, where that name is nobody's yet.
         */
        [environment]: { engines: { storm: { httpUrl, wsUrl, seconds: plan.seconds } } },
      },
    },
    scenarios: scenarios.map(({ flow, ...scenario }) => ({
      ...scenario,
      engine: 'storm',
      flow: flow.map((step) => ('send' in step ? { send: { ...step.send, perMinute } } : step)),
    })),
  };
}

/** How many messages a minute each user who sends has to send, so that all together send what the profile says. */
function messagesPerMinute(test: TestName, { connections, messagesPerSecond }: Profile): number {
  const scenarios = scenariosOf(test);
  const all = scenarios.reduce((sum, { weight }) => sum + weight, 0);
  const senders = scenarios
    .flatMap(({ weight, flow }) => flow.map((step) => ('send' in step ? weight * step.send.share : 0)))
    .reduce((sum, part) => sum + part, 0);
  return senders === 0 ? 0 : (messagesPerSecond * 60) / ((connections * senders) / all);
}
