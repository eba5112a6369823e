import type { Catalogue } from '../en';

export const link: Catalogue['link'] = {
  label: (state: string) => `Verbindung: ${state}`,
  idle: 'Nicht verbunden',
  connecting: 'Wird verbunden',
  open: 'Verbunden',
  retrying: 'Wird neu verbunden',
  retryingIn: (seconds: string) => `Neuer Versuch in ${seconds} s`,
  offline: 'Offline',
  unauthorized: 'Abgemeldet',
  lost: 'Verbindung zum Gateway verloren.',
  lostOffline: 'Dieses Gerät ist offline.',
  lostRestart: 'Das Gateway wird beendet oder neu gestartet.',
  keepsGoing: 'Laufende Antworten gehen weiter und erscheinen, sobald es zurück ist.',
  retryNow: 'Jetzt verbinden',
  back: 'Wieder verbunden.',
};
