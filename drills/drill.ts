import type { FaultInput } from '#local/faults/fault.ts';
import type { DrillStack } from './stack.ts';

/** What a drill can do to its stack. */
export interface Break {
  readonly stack: DrillStack;
  /** The name of a function, by its folder below `lambdas/`. */
  readonly fn: (folder: string) => string;
  /** The rows of the drill are the same for the same seed. */
  readonly inject: (...faults: FaultInput[]) => Promise<void>;
  /** Waits. */
  readonly wait: (ms: number) => Promise<void>;
}

/** Something that may fail, and what should happen then. */
export interface Drill {
  /** What is broken, in a few words. */
  readonly title: string;
  /** What people should notice, and what they shouldn't. */
  readonly hypothesis: string;
  /** After how many ms everything should be as before. */
  readonly recoversWithinMs: number;
  /** The alarms that should rise, without the prefix of the stack. Others may, too. */
  readonly alarms?: readonly string[];
  /** Whether people upload files meanwhile. */
  readonly uploads?: true;
  /** Whether the room with everybody has more than 100 members, so that the stream delivers there. */
  readonly largeRoom?: true;
  /** Breaks something, and resolves when it is to end. All faults of the table are then ended. */
  during(breaking: Break): Promise<void>;
  /** What is to be done after that, besides. */
  after?(breaking: Break): Promise<void>;
}
