import type { Catalogue } from '../en';

export const errors: Catalogue['errors'] = {
  notFoundTitle: 'Diese Seite gibt es nicht',
  notFoundBody: 'Vielleicht ist die Adresse veraltet oder vertippt.',
  notFoundAt: (address: string) => `Unter ${address} ist nichts zu finden`,
  didYouMean: 'Meintest du eine davon?',
  toChat: 'Zum Chat',
  search: 'Suchen',
  staleTitle: 'Das Gateway wurde aktualisiert',
  staleBody: 'Lade neu, um die neue Version dieser Seite zu bekommen. Entwürfe bleiben erhalten.',
  awayTitle: 'Diese Seite ist noch nicht geladen',
  awayBody: 'Das Gateway antwortet gerade nicht. Sobald es zurück ist, öffnet sich die Seite von selbst.',
  crashTitle: 'Auf dieser Seite ist ein Fehler aufgetreten',
  crashBody: 'Alles andere läuft weiter. Versuch es noch einmal, oder lade neu, wenn es so bleibt.',
  details: 'Was passiert ist',
  copyDetails: 'Fehlerbericht kopieren',
};
