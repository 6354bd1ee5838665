import { texts } from './texts.ts';

/** The forms to log in and to register. */
export const words = texts('signIn', {
  createTitle: 'Create your account',
  logIn: 'Log in',
  createLead: 'It takes a moment, then you can talk.',
  logInLead: 'Good to see you.',
  moment: 'One moment…',
  create: 'Create account',
  forgot: 'Forgot your password?',
  haveAccount: 'You have an account?',
  newHere: 'New here?',
  createLink: 'Create an account',
  login: 'Username or e-mail',
  password: 'Password',
  name: 'Your name',
  nameHint: 'As others see it.',
  username: 'Username',
  usernameHint: '3 to 32 letters, digits, dots, dashes or underscores. People find you by it.',
  email: 'E-mail',
});
