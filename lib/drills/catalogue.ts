import type { AlarmName } from '#lib/alarms/catalogue.ts';

/** A drill on functions, as an action of the AWS FIS Lambda extension. */
interface FunctionDrill {
  readonly title: string;
  readonly action: 'add-delay' | 'error' | 'http-integration-response';
  readonly parameters: Readonly<Record<string, string>>;
  /** The folders of the functions. FIS takes five for a target at most ("CreateExperimentTemplateTargetInput"). */
  readonly functions: readonly string[];
}

/** Through which messages pass. */
const messaging = ['message', 'commands', 'poster', 'fanout', 'message-stream'];
/** Which answer HTTP requests. */
const requests = ['conversations', 'users', 'media', 'token', 'search'];

/**
 * A fifth of the invocations: whoever tries again gets through. With `preventExecution` the function doesn't run. Without it, it does its
 * work, and its answer is replaced ("AWS FIS Actions reference").
 */
const some = { invocationPercentage: '20' };
const before = { ...some, preventExecution: 'true' };
const after = { ...some, preventExecution: 'false' };
const unavailable = { statusCode: '503', contentTypeHeader: 'application/json' };

/** The drills on functions that a deployment has with `-c drills=true`. What `drills/` does on a laptop, too, has the same name. */
export const functionDrills: Readonly<Record<string, FunctionDrill>> = {
  'functions-slow': {
    title: 'Half of the invocations begin two seconds late',
    action: 'add-delay',
    parameters: { invocationPercentage: '50', startupDelayMilliseconds: '2000' },
    functions: messaging,
  },
  'slow-authorizer': {
    title: 'The authorizer takes three seconds',
    action: 'add-delay',
    parameters: { startupDelayMilliseconds: '3000' },
    functions: ['authorizer'],
  },
  'functions-fail': {
    title: 'Functions fail before they do anything',
    action: 'error',
    parameters: before,
    functions: messaging,
  },
  'dead-before-answer': {
    title: 'Functions fail after their work, before they answer',
    action: 'error',
    parameters: after,
    functions: messaging,
  },
  'requests-refused': {
    title: 'HTTP requests are answered with 503',
    action: 'http-integration-response',
    parameters: { ...before, ...unavailable },
    functions: requests,
  },
  'answers-lost': {
    title: 'HTTP requests are done, and answered with 503',
    action: 'http-integration-response',
    parameters: { ...after, ...unavailable },
    functions: requests,
  },
};

/** How long functions are disturbed. The extension asks for faults once a minute, so of five minutes four are a drill. */
export const drillDuration = 'PT5M';

/** How long the drill `database-away` takes the tables away, in seconds. */
export const outageSeconds = 60;

/**
 * The alarms that end a drill, because it goes further than it should. Those that drills are meant to raise (`Errors`, `HotFunctionsFail`,
 * `DeliverySlow`, and what consists of them) would end each of them before it showed anything. FIS takes five for a template ("Quotas and
 * limitations for AWS Fault Injection Service"), and begins no experiment while one of them is raised.
 */
export const stops = [
  // People can't use the chat for three minutes, in spite of all that tries again.
  'ServiceDown',
  // Something was given up for good.
  'RecordsDiscarded',
  // Others of the account suffer.
  'FunctionsThrottled',
  'ConcurrencyNearQuota',
  // It costs more than an hour may.
  'SpendHigh',
] as const satisfies readonly AlarmName[];
