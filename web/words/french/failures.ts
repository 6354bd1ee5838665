import type { words as english } from '#web/words/failures.ts';

const ours = 'Une erreur s’est produite de notre côté. Veuillez réessayer.';

export const words: typeof english = {
  offline: 'Le serveur est injoignable. Vérifiez votre connexion et réessayez.',
  bad_request: 'Une des informations n’est pas valable. Veuillez vérifier.',
  too_large: 'C’est trop long.',
  unsupported_encoding: ours,
  unauthorized: 'Vous avez été déconnecté. Veuillez vous reconnecter.',
  bad_credentials: 'Le nom ou le mot de passe est incorrect.',
  token_reused: 'Vous avez été déconnecté par sécurité. Veuillez vous reconnecter.',
  forbidden: 'Vous n’avez pas le droit de faire cela.',
  not_found: 'Cela n’existe plus.',
  conflict: 'Ce n’est plus possible.',
  stale: 'Impossible de savoir si ce message avait déjà été envoyé.',
  username_taken: 'Ce nom d’utilisateur est déjà pris. Essayez-en un autre.',
  registration_failed: 'Impossible de créer un compte avec ces informations. Si vous en avez déjà un, connectez-vous.',
  invalid_token: 'Ce lien n’est plus valable. Demandez-en un nouveau.',
  confirmation_required: 'Veuillez d’abord confirmer avec votre mot de passe.',
  weak_password: 'Ce mot de passe est trop facile à deviner. Choisissez-en un autre.',
  unavailable: ours,
  internal: ours,
  unsupported_type: 'Ce type de fichier ne peut pas être envoyé.',
  rejected: 'Ce fichier est endommagé, ou n’est pas ce que son nom indique.',
  cancelled: 'Opération annulée.',
  rateLimited: (wait) => `C’était un peu rapide. Réessayez dans ${wait}.`,
  tooManyAttempts: (wait) => `Trop de tentatives. Réessayez dans ${wait}.`,
  restored: 'Le service a été rétabli à partir d’une sauvegarde. Veuillez vous reconnecter.',
  maintenance: (wait) => `Le service est en maintenance. Réessayez dans ${wait}.`,
};
