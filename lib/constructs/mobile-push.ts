import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Settings } from '#lib/settings.ts';
import type { AppFunction } from './app-function.ts';

/**
 * Permissions for notifications to mobile apps by SNS. The platform applications are created outside of this stack. Without any
 * of them nothing is granted.
 */
export class MobilePush {
  private readonly applications: readonly (readonly [name: string, arn: string])[];

  constructor({ fcmApplicationArn, apnsApplicationArn }: Settings) {
    const all = [
      ['FCM_APPLICATION_ARN', fcmApplicationArn],
      ['APNS_APPLICATION_ARN', apnsApplicationArn],
    ] as const;
    this.applications = all.flatMap(([name, arn]) => (arn === undefined ? [] : [[name, arn] as const]));
  }

  /** Lets a function create, enable and delete endpoints. */
  grantRegister(fn: AppFunction): void {
    const applications = this.applications.map(([, arn]) => arn);
    this.allow(fn, ['sns:CreatePlatformEndpoint'], applications);
    this.allow(fn, ['sns:SetEndpointAttributes'], this.endpoints());
    this.grantForget(fn);
  }

  /** Lets a function publish to endpoints and delete them. */
  grantPublish(fn: AppFunction): void {
    this.allow(fn, ['sns:Publish'], this.endpoints());
    this.grantForget(fn);
  }

  /** Lets a function delete endpoints. */
  grantForget(fn: AppFunction): void {
    this.allow(fn, ['sns:DeleteEndpoint'], this.endpoints());
    for (const [name, arn] of this.applications) fn.addEnvironment(name, arn);
  }

  /** The endpoints of all applications. Those of `…:app/GCM/name` are `…:endpoint/GCM/name/<id>`. */
  private endpoints(): string[] {
    return this.applications.map(([, arn]) => `${arn.replace(':app/', ':endpoint/')}/*`);
  }

  private allow(fn: AppFunction, actions: string[], resources: string[]): void {
    if (resources.length > 0) fn.addToRolePolicy(new PolicyStatement({ actions, resources }));
  }
}
