import { Duration } from 'aws-cdk-lib';
import { addFunction, type Foundation } from '#lib/foundation.ts';

/**
 * Throttles both APIs to a tenth while `SpendHigh` is raised, if the setting `brake` says so. It must be called after the alarms were added.
 * CloudWatch invokes the function directly, and Lambda tries twice more; somebody was told by the same alarm.
 */
export function addBrake(foundation: Foundation): void {
  const { stack, settings, alarms, http, socket } = foundation;
  if (!settings.brake) return;
  const brake = addFunction(foundation, 'brake', { memoryMiB: 512, timeout: Duration.seconds(29) });
  const stages = [
    { ...socket.grantThrottle(brake), ...settings.webSocketThrottle },
    { ...http.grantThrottle(brake), ...settings.httpThrottle },
  ];
  brake.addEnvironment('STAGES', stack.toJsonString(stages));
  alarms.whileRaised('SpendHigh', brake);
}
