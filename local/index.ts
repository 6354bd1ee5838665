export type { Fault, FaultInput } from './faults/fault.ts';
export { FaultTable } from './faults/table.ts';
export { createStack, type RunningStack, type StackOptions } from './stack.ts';
export { synthesize } from './synth.ts';
export type { Functions, Invocation, Log, ServiceName, WebSocketLimits } from './types.ts';
export { InvokeError, StackError } from './types.ts';
