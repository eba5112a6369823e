import type { Catalogue } from '../en';

export const appearance: Catalogue['appearance'] = {
  title: 'Darstellung',
  sub: 'Wie diese Seite in diesem Browser aussieht und sich verhält.',
  theme: 'Farbschema',
  language: 'Sprache',
  languageHint: 'Auch Datum und Zahlen richten sich danach.',
  system: (name: string) => `Wie das System (${name})`,
  languageFailed: 'Die Sprache konnte nicht geladen werden',
  density: 'Dichte',
  densities: { calm: 'Luftig', compact: 'Kompakt' },
  densityHint: 'Kompakt zeigt mehr auf einem Bildschirm.',
  sidebar: 'Seitenleiste',
  keys: 'Tastatur',
  showKeys: 'Alle Tastenkürzel',
  example: 'Beispiel',
};
