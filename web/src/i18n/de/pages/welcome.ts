import type { Catalogue } from '../../en';

export const welcome: Catalogue['welcome'] = {
  documentTitle: 'Willkommen',
  title: 'Woher sollen die Antworten kommen?',
  sub: 'Wähle, mit wessen Modell der Agent denkt. Du kannst es jederzeit ändern und weitere hinzufügen.',
  connectTitle: 'Modell verbinden',
  finish: 'Chat beginnen',
  demo: 'Erst die Demo ausprobieren',
  demoAbout: 'Sieh dich ohne Modell um: feste Antworten, keine Eingaben nötig.',
  notAllowedTitle: 'Noch ist kein Modell verbunden',
  notAllowed:
    'Dieses Gerät darf keine Einstellungen ändern. Verbinde das Modell von einem Gerät aus, das es darf.',
  toChat: 'Zum Chat',
};
