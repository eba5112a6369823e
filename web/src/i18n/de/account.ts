import type { Catalogue } from '../en';

export const account: Catalogue['account'] = {
  label: 'Dieser Browser',
  unnamed: 'Dieser Browser',
  open: 'Ohne Kopplung offen',
  signOut: 'Abmelden',
  signedOut: 'Dieser Browser wurde abgemeldet: Sein Zugriff wurde entzogen oder ist abgelaufen.',
  signOutFailed: 'Abmelden fehlgeschlagen',
  appearance: 'Darstellung und Sprache',
  shortcuts: 'Tastenkürzel',
};
