import { Duration } from 'aws-cdk-lib';
import { SqsDestination } from 'aws-cdk-lib/aws-lambda-destinations';
import { acknowledge } from '#lib/acknowledge.ts';
import { DeadLetterQueue } from '#lib/constructs/dead-letter-queue.ts';
import { addFunction, type Foundation } from '#lib/foundation.ts';

/**
 * Throttles both APIs to a tenth while `SpendHigh` is raised, if the setting `brake` says so. It must be called after the alarms were added.
 * CloudWatch invokes the function directly, and Lambda tries twice more. After that the call is in a queue with an alarm: the stage goes on
 * spending, or stays slow.
 */
export function addBrake(foundation: Foundation): void {
  const { stack, settings, alarms, http, socket } = foundation;
  if (!settings.brake) return;
  const brake = addFunction(foundation, 'brake', { memoryMiB: 512, timeout: Duration.seconds(29) });
  const dead = new DeadLetterQueue(brake, 'Dead', { alarms, alarm: 'BrakeDead' });
  acknowledge(dead, 'SQS3', 'It is a dead-letter queue itself, which only people read.');
  brake.configureAsyncInvoke({ retryAttempts: 2, onFailure: new SqsDestination(dead) });
  const stages = [
    { ...socket.grantThrottle(brake), ...settings.webSocketThrottle },
    { ...http.grantThrottle(brake), ...settings.httpThrottle },
  ];
  brake.addEnvironment('STAGES', stack.toJsonString(stages));
  alarms.whileRaised('SpendHigh', brake);
}
