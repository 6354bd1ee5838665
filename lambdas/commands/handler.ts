import { closeHammering } from '#lambdas/kit/hammering.ts';
import { type Charge, frameHandler, type Socket } from '#lambdas/kit/socket.ts';
import type { Result } from '#protocol/failures.ts';
import { Command } from '#protocol/frames.ts';
import { sessions } from './dependencies.ts';
import { presence } from './presence.ts';
import { receipt } from './receipt.ts';
import { revise } from './revise.ts';
import { typing } from './typing.ts';
import { visibility } from './visibility.ts';

/** As many further frames a change of visibility is charged for. */
const visibilityFrames = 4;

/** The route `$default`: all actions but `message`, `ping` and `keepalive`, and frames without a valid action. */
export const handler = frameHandler(Command, closeHammering(sessions), run);

async function run(socket: Socket, command: Command, charge: Charge): Promise<Result<object>> {
  switch (command.action) {
    case 'receipt':
      return receipt(socket, command);
    case 'edit':
    case 'delete':
    case 'react':
      return revise(socket, command);
    case 'typing':
      return typing(socket.userId, command);
    case 'presence':
      // Presence costs one write for each user, which is charged as a tenth of a frame.
      charge(Math.ceil(command.userIds.length / 10));
      return presence(socket, command);
    case 'visibility':
      // A change costs a write, and a record of the stream that interests nobody.
      charge(visibilityFrames);
      return visibility(socket, command);
    default:
      return command satisfies never;
  }
}
