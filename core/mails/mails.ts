import type { Language } from '#protocol/people.ts';

export interface Mail {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

/** Who did something, and when (RFC 3339 in UTC). */
interface Doing {
  readonly device: string;
  readonly at: string;
}

interface Words {
  reset(link: string, username: string | undefined): Mail;
  verify(link: string): Mail;
  new_login(doing: Doing): Mail;
  password_changed(doing: Doing): Mail;
  email_change_requested(doing: Doing): Mail;
  email_changed(doing: Doing): Mail;
}

/** The mails in every language. Names of devices are what devices say, and are escaped as all else. */
export const mails: Readonly<Record<Language, Words>> = {
  en: {
    reset: (link, username) =>
      mail('en', 'Choose a new password', [
        `Somebody asked for a new password for ${username === undefined ? 'your account' : `your account ${username}`}.`,
        'If it was you, open this page within 15 minutes:',
        { link, label: 'Choose a new password' },
        'If it wasn’t you, you need not do anything: your password stays as it is.',
      ]),
    verify: (link) =>
      mail('en', 'Confirm your e-mail address', [
        'This address was given for an account. If it was you, open this page within 24 hours:',
        { link, label: 'Confirm my address' },
        'If it wasn’t you, you need not do anything.',
      ]),
    new_login: (doing) =>
      mail('en', 'New login', [
        `Somebody logged in to your account from a device that was not known: ${when('en', doing)}.`,
        'If it was you, you need not do anything. If it wasn’t, change your password, which ends all other logins.',
      ]),
    password_changed: (doing) =>
      mail('en', 'Your password was changed', [
        `The password of your account was changed: ${when('en', doing)}.`,
        'If it wasn’t you, choose “Forgot your password?” where you log in.',
      ]),
    email_change_requested: (doing) =>
      mail('en', 'Your e-mail address is about to change', [
        `Somebody asked to change the e-mail address of your account: ${when('en', doing)}.`,
        'It changes when the new address is confirmed. If it wasn’t you, change your password now.',
      ]),
    email_changed: (doing) =>
      mail('en', 'Your e-mail address was changed', [
        `Your account has another e-mail address now, and no longer this one: ${when('en', doing)}.`,
        'If it wasn’t you, contact those who run this service.',
      ]),
  },
  fr: {
    reset: (link, username) =>
      mail('fr', 'Choisissez un nouveau mot de passe', [
        `Quelqu’un a demandé un nouveau mot de passe pour votre compte${username === undefined ? '' : ` ${username}`}.`,
        'Si c’était vous, ouvrez cette page dans les 15 minutes :',
        { link, label: 'Choisir un nouveau mot de passe' },
        'Si ce n’était pas vous, vous n’avez rien à faire : votre mot de passe reste le même.',
      ]),
    verify: (link) =>
      mail('fr', 'Confirmez votre adresse e-mail', [
        'Cette adresse a été indiquée pour un compte. Si c’était vous, ouvrez cette page dans les 24 heures :',
        { link, label: 'Confirmer mon adresse' },
        'Si ce n’était pas vous, vous n’avez rien à faire.',
      ]),
    new_login: (doing) =>
      mail('fr', 'Nouvelle connexion', [
        `Quelqu’un s’est connecté à votre compte depuis un appareil inconnu : ${when('fr', doing)}.`,
        'Si c’était vous, vous n’avez rien à faire. Sinon, changez votre mot de passe : toutes les autres connexions prendront fin.',
      ]),
    password_changed: (doing) =>
      mail('fr', 'Votre mot de passe a été changé', [
        `Le mot de passe de votre compte a été changé : ${when('fr', doing)}.`,
        'Si ce n’était pas vous, choisissez « Mot de passe oublié ? » à la page de connexion.',
      ]),
    email_change_requested: (doing) =>
      mail('fr', 'Votre adresse e-mail va changer', [
        `Quelqu’un a demandé de changer l’adresse e-mail de votre compte : ${when('fr', doing)}.`,
        'Elle changera quand la nouvelle adresse sera confirmée. Si ce n’était pas vous, changez maintenant votre mot de passe.',
      ]),
    email_changed: (doing) =>
      mail('fr', 'Votre adresse e-mail a été changée', [
        `Votre compte a maintenant une autre adresse e-mail, et non plus celle-ci : ${when('fr', doing)}.`,
        'Si ce n’était pas vous, contactez ceux qui gèrent ce service.',
      ]),
  },
};

function when(language: Language, { device, at }: Doing): string {
  const format = new Intl.DateTimeFormat(language === 'fr' ? 'fr-FR' : 'en-GB', {
    dateStyle: 'long',
    timeStyle: 'short',
    timeZone: 'UTC',
  });
  return `${device}, ${format.format(Date.parse(at))} (UTC)`;
}

type Paragraph = string | { readonly link: string; readonly label: string };

/** A mail as plain text and as simple HTML, which has no pictures, styles or other things to fetch. */
function mail(language: Language, subject: string, paragraphs: readonly Paragraph[]): Mail {
  const text = paragraphs.map((paragraph) => (typeof paragraph === 'string' ? paragraph : paragraph.link));
  const html = paragraphs.map((paragraph) =>
    typeof paragraph === 'string'
      ? `<p>${escapeHtml(paragraph)}</p>`
      : `<p><a href="${escapeHtml(paragraph.link)}">${escapeHtml(paragraph.label)}</a></p>`,
  );
  return {
    subject: `STORM: ${subject}`,
    text: `${text.join('\n\n')}\n`,
    html: `<!doctype html><html lang="${language}"><head><meta charset="utf-8"><title>${escapeHtml(subject)}</title></head><body>${html.join('')}</body></html>`,
  };
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
