/* What somebody sees who isn't signed in, or not quite: one file, which the page asks for when it is needed. */
export { SignIn } from '#web/sign-in/sign-in.tsx';
export { MailLinkPage } from './mail-link-page.tsx';
export { VerifyFirst } from './verify-first.tsx';
