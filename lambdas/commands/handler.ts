import type { Result } from '../../protocol/failures.ts';
import { fail } from '../../protocol/failures.ts';
import { Command } from '../../protocol/frames.ts';
import { invalid } from '../kit/invalid.ts';
import { frameHandler, type Socket } from '../kit/socket.ts';
import { receipt } from './receipt.ts';
import { revise } from './revise.ts';

/** The default route: every action but `message` and the beats, and whatever is none. */
export const handler = frameHandler(async (socket, frame) => {
  const command = Command.safeParse(frame);
  return command.success ? run(socket, command.data) : invalid(command.error);
});

async function run(socket: Socket, command: Command): Promise<Result<object>> {
  switch (command.action) {
    case 'receipt':
      return receipt(socket, command);
    case 'edit':
    case 'delete':
    case 'react':
      return revise(socket, command);
    case 'typing':
    case 'presence':
      return fail('unavailable');
  }
}
