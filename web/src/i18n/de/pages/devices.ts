import type { Catalogue } from '../../en';
import { plural } from '../../format';

export const devices: Catalogue['devices'] = {
  title: 'Geräte',
  sub: 'Was mit diesem Gateway sprechen darf und wie man sich anmeldet',
  add: 'Gerät hinzufügen',
  addTitle: 'Gerät hinzufügen',
  addBody: 'Scanne das mit dem anderen Gerät, öffne dort die Adresse oder gib den Code ein. Er gilt einmal.',
  addBodyHere:
    'Öffne diese Adresse in einem anderen Browser auf diesem Rechner oder gib den Code ein. Er gilt einmal.',
  qr: (address: string) => `QR-Code von ${address}`,
  addresses: 'Gateway erreichen unter',
  link: 'Adresse',
  code: 'Code',
  copyLink: 'Adresse kopieren',
  copyCode: 'Code kopieren',
  expiresIn: (clock: string) => `Gilt noch ${clock}`,
  expired: 'Dieser Code ist abgelaufen.',
  newCode: 'Neuer Code',
  waiting: 'Wartet auf das Gerät',
  paired: (name: string) => `„${name}“ ist gekoppelt.`,
  loopback:
    'Dieses Gateway ist nur auf diesem Rechner erreichbar. Damit andere Geräte hineinkommen, richte einen Tunnel ein oder gib es im Netzwerk frei.',
  may: 'Berechtigung',
  lasts: 'Zugriff endet',
  lastsWords: {
    0: 'nie',
    1: 'nach einem Tag',
    7: 'nach einer Woche',
    30: 'nach 30 Tagen',
    90: 'nach 90 Tagen',
    365: 'nach einem Jahr',
  },

  list: 'Gekoppelte Geräte',
  thisDevice: 'Dieses Gerät',
  connected: 'Jetzt verbunden',
  lastSeen: 'Zuletzt gesehen',
  neverSeen: 'Nie gesehen',
  from: (address: string) => `von ${address}`,
  since: 'Gekoppelt',
  sinceBy: {
    paired: 'mit einem Code',
    password: 'mit dem Passwort',
    imported: 'aus einer älteren Installation übernommen',
    environment: 'durch GATEWAY_AUTH_TOKEN vorgegeben',
  },
  ends: 'Zugriff endet',
  browsers: 'Angemeldet',
  browsersCount: (count: number) =>
    count === 0 ? 'in keinem Browser' : plural(count, { one: 'in einem Browser', other: 'in # Browsern' }),
  typeWords: {
    browser: 'Browser',
    phone: 'Handy',
    cli: 'Kommandozeile',
    server: 'Server',
  },
  scopeWords: { admin: 'Alles', chat: 'Chat', read: 'Nur lesen' },
  scopeMore: {
    admin: 'Chat, Geräte, Passwort und Einstellungen',
    chat: 'Mit dem Agenten sprechen und alles sehen',
    read: 'Alles sehen, nichts ändern',
  },

  menu: (name: string) => `Aktionen für ${name}`,
  renameTitle: 'Gerät umbenennen',
  nameLabel: 'Name',
  rights: 'Berechtigung ändern',
  rightsTitle: (name: string) => `Was darf „${name}“?`,
  rightsBody: 'Es gilt sofort. Bei weniger Rechten werden die offenen Verbindungen des Geräts getrennt.',
  rightsOwn:
    'Dem Gerät, das du gerade benutzt, kannst du keine Rechte nehmen. Mach das von einem anderen aus.',
  rightsDone: (name: string, words: string) => `Neue Berechtigung für „${name}“: ${words}`,
  expiry: 'Ende des Zugriffs ändern',
  expiryTitle: (name: string) => `Wann endet der Zugriff von „${name}“?`,
  expiryNow: 'Endet zurzeit',
  expiryDone: (name: string) => `Der Zugriff von „${name}“ wurde geändert.`,
  rotate: 'Neues Token',
  rotateTitle: (name: string) => `Neues Token für „${name}“?`,
  rotateBody:
    'Das alte Token gilt sofort nicht mehr, und damit angemeldete Browser werden abgemeldet. Programme brauchen das neue.',
  rotateThis: 'Dieser Browser bleibt angemeldet.',
  rotateConfirm: 'Token erneuern',
  tokenTitle: (name: string) => `Das neue Token von „${name}“`,
  tokenBody: 'Kopier es jetzt: Es wird nur dieses eine Mal gezeigt und nirgends im Klartext aufbewahrt.',
  token: 'Token',
  copyToken: 'Token kopieren',
  done: 'Fertig',
  revoke: 'Zugriff entziehen',
  revokeTitle: (name: string) => `„${name}“ den Zugriff entziehen?`,
  revokeBody:
    'Das Gerät wird sofort abgemeldet, seine offenen Verbindungen werden getrennt. Um zurückzukommen, braucht es einen neuen Code.',
  revokeThis: 'Das ist das Gerät, das du gerade benutzt: Du wirst hier abgemeldet.',
  revoked: (name: string) => `„${name}“ hat keinen Zugriff mehr.`,
  fixed: 'Das Token ist durch GATEWAY_AUTH_TOKEN vorgegeben: Ändere es dort und starte neu.',
  noToken: 'Es kam mit dem Passwort herein und hat kein Token.',
  empty: 'Kein Gerät ist gekoppelt',
  emptyBody:
    'Dieses Gateway verlangt keine Kopplung. Kopple trotzdem ein Gerät, wenn es ein eigenes Token haben soll.',

  password: 'Passwort',
  passwordBody:
    'Ein zweiter Weg hinein, für Browser, bei denen kein Code zur Hand ist. Geräte und Programme behalten ihre Token.',
  passwordOn: 'Gesetzt',
  passwordOff: 'Nicht gesetzt',
  passwordBrowsers: (count: number) =>
    count === 0
      ? 'Damit ist kein Browser angemeldet.'
      : plural(count, {
          one: 'Damit ist ein Browser angemeldet.',
          other: 'Damit sind # Browser angemeldet.',
        }),
  passwordSet: 'Passwort setzen',
  passwordChange: 'Ändern',
  passwordRemove: 'Entfernen',
  passwordTitle: 'Passwort setzen',
  passwordChangeTitle: 'Passwort ändern',
  passwordRemoveTitle: 'Passwort entfernen?',
  passwordChangeBody: 'Andere Browser, die mit dem alten hereinkamen, werden abgemeldet.',
  passwordRemoveBody:
    'Browser, die damit hereinkamen, werden sofort abgemeldet. Kopplungscodes bleiben der Weg hinein.',
  passwordCurrent: 'Aktuelles Passwort',
  passwordNew: 'Neues Passwort',
  passwordShow: 'Passwort zeigen oder verbergen',
  passwordRule: (chars: number) => `Mindestens ${plural(chars, { other: '# Zeichen' })}.`,
  passwordLong: (bytes: number) => `Höchstens ${plural(bytes, { one: '# Byte', other: '# Bytes' })}.`,
  passwordSaved: 'Das Passwort ist gesetzt.',
  passwordRemoved: 'Das Passwort wurde entfernt.',

  here: 'Dieser Browser',
  hereBody: (name: string) => `Angemeldet als „${name}“.`,
  signOut: 'Abmelden',
  others: 'Woanders abmelden',
  othersTitle: 'Überall sonst abmelden?',
  othersBody:
    'Alle anderen Browser werden sofort abgemeldet. Geräte und Programme mit Token bleiben gekoppelt.',
  othersAll: 'Auch allen anderen Geräten Zugriff und Token entziehen',
  othersConfirm: 'Woanders abmelden',
  othersDone: (browsers: number, devices: number) => {
    const ended = plural(browsers, {
      one: 'Ein Browser wurde abgemeldet',
      other: '# Browser wurden abgemeldet',
    });
    return devices === 0
      ? `${ended}.`
      : `${ended}, ${plural(devices, { one: 'einem Gerät', other: '# Geräten' })} wurde der Zugriff entzogen.`;
  },
};
