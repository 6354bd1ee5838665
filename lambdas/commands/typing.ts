import { runtime } from '#adapters/runtime.ts';
import { deliverTyping, throttleTyping } from '#core/delivery/typing.ts';
import { ephemeralDelivery } from '#lambdas/kit/ephemeral.ts';
import { delivery, sessions } from './dependencies.ts';

const ports = { ...delivery, deliverOnce: ephemeralDelivery(sessions) };

/** Delivers to the other members that a user types or has stopped. */
export const typing = throttleTyping(runtime, (userId, request) => deliverTyping(ports, userId, request));
