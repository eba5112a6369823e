import type { Catalogue } from '../en';

export const keys: Catalogue['keys'] = {
  title: 'Tastenkürzel',
  palette: 'Suche und Befehle',
  show: 'Tastenkürzel anzeigen',
  newChat: 'Neuer Chat',
  sidebar: 'Seitenleiste ein- oder ausklappen',
  undo: 'Letzte Änderung rückgängig machen',
  theme: 'Zwischen hell und dunkel wechseln',
  groups: {
    page: 'Auf dieser Seite',
    do: 'Überall',
    go: 'Gehe zu',
  },
  single: 'Tastenkürzel aus einzelnen Buchstaben',
  singleHint: 'Schalte sie aus, wenn sie bei der Spracheingabe stören.',
};
