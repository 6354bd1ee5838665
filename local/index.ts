export { type RunningStack, type StackOptions, startStack } from './stack.ts';
export { synthesize } from './synth.ts';
export {
  type Faults,
  type Functions,
  type Invocation,
  InvokeError,
  type Log,
  type ServiceName,
  StackError,
  type WebSocketLimits,
} from './types.ts';
