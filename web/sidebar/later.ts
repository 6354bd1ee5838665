/* What stands beside the list of conversations, or opens from there: one file, which the page asks for after its first load. */
export { NotificationButton } from '#web/notifications/notification-button.tsx';
export { SettingsDialog } from '#web/settings/settings-dialog.tsx';
export { InvitationList } from './invitation-list.tsx';
export { LeavingDialog } from './leaving-dialog.tsx';
