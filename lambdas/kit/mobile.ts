import { createMobile } from '#adapters/push/sns.ts';

/**
 * Notifications to mobile apps, on the platforms that the deployment supports (`-c fcmApplicationArn=…`, `-c
 * apnsApplicationArn=…`).
 */
export const mobile = createMobile({
  fcm: process.env['FCM_APPLICATION_ARN'],
  apns: process.env['APNS_APPLICATION_ARN'],
});
