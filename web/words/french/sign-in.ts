import type { words as english } from '#web/words/sign-in.ts';

export const words: typeof english = {
  createTitle: 'Créez votre compte',
  logIn: 'Se connecter',
  createLead: 'Un instant, et vous pourrez discuter.',
  logInLead: 'Content de vous revoir.',
  moment: 'Un instant…',
  create: 'Créer le compte',
  forgot: 'Mot de passe oublié ?',
  haveAccount: 'Vous avez un compte ?',
  newHere: 'Nouveau ici ?',
  createLink: 'Créer un compte',
  login: 'Nom d’utilisateur ou adresse e-mail',
  password: 'Mot de passe',
  name: 'Votre nom',
  nameHint: 'Tel que les autres le voient.',
  username: 'Nom d’utilisateur',
  usernameHint:
    'De 3 à 32 lettres, chiffres, points, tirets ou traits de soulignement. C’est par lui qu’on vous trouve.',
  email: 'Adresse e-mail',
};
