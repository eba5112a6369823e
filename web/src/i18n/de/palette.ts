import type { Catalogue } from '../en';

export const palette: Catalogue['palette'] = {
  title: 'Suche und Befehle',
  open: 'Suchen',
  placeholder: 'Seiten, Unterhaltungen und Aktionen suchen',
  pages: 'Seiten',
  actions: 'Aktionen',
  settings: 'Einstellungen',
  recent: 'Letzte Unterhaltungen',
  conversations: 'Unterhaltungen',
  results: 'Ergebnisse',
  nothing: (typed: string) => `Nichts heißt „${typed}“.`,
  nothingYet: 'Unterhaltungen werden durchsucht …',
  searchFailed: 'Die Unterhaltungen konnten nicht durchsucht werden.',
  toMove: 'auswählen',
  toOpen: 'öffnen',
  toClose: 'schließen',
  clear: 'Leeren',
  found: (count: string) => `${count} gefunden`,
};
