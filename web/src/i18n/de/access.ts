import type { Catalogue } from '../en';

export const access: Catalogue['access'] = {
  readOnly: 'Nur lesen',
  needs: {
    read: 'Dieses Gerät darf hier nicht lesen. Bitte um einen Kopplungscode, der es erlaubt.',
    chat: 'Dieses Gerät darf nur lesen. Kopple es zum Schreiben mit einem Code, der Chat erlaubt.',
    admin: 'Dieses Gerät darf keine Einstellungen ändern. Kopple es mit einem Code, der alles erlaubt.',
  },
};
