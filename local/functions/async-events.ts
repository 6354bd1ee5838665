import { setTimeout as sleep } from 'node:timers/promises';
import type { Invocation, Log } from '../types.ts';

/**
 * Milliseconds before the second and the third attempt. Source: AWS, "How Lambda handles errors and retries with asynchronous
 * invocation".
 */
const RETRY_DELAYS = [60_000, 120_000];

export interface AsyncConfig {
  /** From 0 to 2. The default is 2. */
  readonly maximumRetryAttempts?: number | undefined;
  /** The ARN of a queue, a function, a topic or a bus of events. */
  readonly onFailure?: string | undefined;
  readonly onSuccess?: string | undefined;
}

export interface AsyncOptions {
  readonly log: Log;
  /** Tests make these delays shorter. */
  readonly retryDelays?: readonly number[];
  invoke(arn: string, event: unknown): Promise<Invocation>;
  /** Sends what became of an event to a destination. */
  deliver(arn: string, record: DestinationRecord): Promise<void>;
}

export type DestinationRecord = ReturnType<typeof destinationRecord>;

/** Invokes functions asynchronously: in the background, with retries, and with the on-failure destination after the last attempt. */
export class AsyncEvents {
  readonly #options: AsyncOptions;
  readonly #configs = new Map<string, AsyncConfig>();
  /** Ends the waits for another attempt. */
  #waits = new AbortController();

  constructor(options: AsyncOptions) {
    this.#options = options;
  }

  configure(arn: string, config: AsyncConfig): void {
    this.#configs.set(arn, config);
  }

  accept(arn: string, event: unknown): void {
    const { signal } = this.#waits;
    this.#process(arn, event, signal).catch((error: Error) => {
      if (!signal.aborted) this.#options.log.warn(`${arn}: ${error.message}`);
    });
  }

  /** Gives up the events that still wait for another attempt. */
  giveUp(): void {
    this.#waits.abort();
    this.#waits = new AbortController();
  }

  /** Does the same, also with all later ones. */
  stop(): void {
    this.#waits.abort();
  }

  async #process(arn: string, event: unknown, signal: AbortSignal): Promise<void> {
    const { maximumRetryAttempts = 2, onFailure, onSuccess } = this.#configs.get(arn) ?? {};
    const { invoke, deliver, retryDelays = RETRY_DELAYS } = this.#options;
    for (let attempt = 1; ; attempt += 1) {
      const invocation = await invoke(arn, event).catch(() => undefined);
      const isDone = invocation !== undefined && !invocation.functionError;
      if (isDone || attempt > maximumRetryAttempts) {
        const [destination, condition] = isDone ? [onSuccess, 'Success'] : [onFailure, 'RetriesExhausted'];
        if (destination) await deliver(destination, destinationRecord(arn, event, invocation, condition, attempt));
        return;
      }
      await sleep(retryDelays[attempt - 1], undefined, { signal });
    }
  }
}

type Outcome = Invocation | undefined;

/** The record for the destination. Source: AWS, "Capturing records of Lambda asynchronous invocations". */
function destinationRecord(arn: string, event: unknown, outcome: Outcome, condition: string, attempts: number) {
  const { requestId, functionError, payload } = outcome ?? {};
  return {
    version: '1.0',
    timestamp: new Date().toISOString(),
    requestContext: { requestId, functionArn: `${arn}:$LATEST`, condition, approximateInvokeCount: attempts },
    requestPayload: event,
    responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError },
    responsePayload: payload,
  };
}
