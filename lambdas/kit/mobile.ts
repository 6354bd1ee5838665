import { createMobile } from '#adapters/push/sns.ts';

/** Apps on mobile devices, if this deployment has any (`-c fcmApplicationArn=…`, `-c apnsApplicationArn=…`). */
export const mobile = createMobile({
  fcm: process.env['FCM_APPLICATION_ARN'],
  apns: process.env['APNS_APPLICATION_ARN'],
});
