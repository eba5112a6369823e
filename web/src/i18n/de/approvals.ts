import type { Catalogue } from '../en';

export const approvals: Catalogue['approvals'] = {
  title: 'Freigaben',
  sub: 'Was der Agent tun will und nicht allein darf.',
  tabs: 'Welche Freigaben',
  pending: 'Offen',
  history: 'Verlauf',
  rules: 'Regeln',
  loadMore: 'Ältere anzeigen',

  // One request.
  question: 'Der Agent fragt',
  command: 'Befehl',
  request: 'Anfrage',
  inFolder: (folder) => `in ${folder}`,
  changes: (added, removed) => `${added} Zeilen neu, ${removed} entfernt`,
  copyAction: 'Kopieren',
  inConversation: (title) => `Unterhaltung: ${title}`,
  untitled: 'Neue Unterhaltung',
  asked: 'Gefragt',

  // The answers.
  decision: 'Deine Entscheidung',
  always: 'Immer …',
  alwaysMenu: (what) => `Immer erlauben: ${what}`,
  forSession: 'In dieser Unterhaltung',
  forGood: 'Überall und dauerhaft',
  denyWhy: 'Ablehnen und begründen …',
  denyWithReason: 'Ablehnen',
  reasonLabel: 'Warum nicht? (freiwillig)',
  reasonHint: 'Der Agent erfährt den Grund und kann es anders versuchen.',
  back: 'Zurück',
  answers: 'Mögliche Antworten',
  answerLabel: 'Deine Antwort',
  answer: 'Antworten',
  otherAnswer: 'Andere Antwort …',
  noAnswer: 'Nicht antworten',

  // What became of it.
  allowedSession: 'Für diese Unterhaltung erlaubt',
  answered: 'Beantwortet',
  withdrawn: 'Zurückgezogen: Die Antwort wurde gestoppt',
  over: 'Das wartet nicht mehr. Im Verlauf steht, was daraus wurde.',
  tooLate: 'Jemand war schneller.',
  theReason: 'Grund',
  theAnswer: 'Antwort',
  waits: 'Wartet',

  // Nothing there.
  emptyTitle: 'Nichts wartet auf dich',
  emptyBody:
    'Wenn der Agent einen Befehl ausführen, eine Datei ändern oder etwas senden will, fragt er hier und in der Unterhaltung, auf all deinen Geräten zugleich.',
  toChat: 'Zum Chat',
  restEmpty: 'Sonst wartet nichts.',
  historyEmptyTitle: 'Noch wurde nichts gefragt',
  historyEmptyBody: 'Jede Anfrage bleibt hier stehen: wer darüber entschieden hat und wann.',
  notFound: 'Diese Anfrage gibt es hier nicht mehr.',
  failed: 'Die Freigaben konnten nicht gelesen werden',

  // Rules.
  rulesSub: 'Was du für länger als einmal erlaubt hast. Nach allem anderen wird gefragt.',
  rulesEmptyTitle: 'Keine dauerhaften Erlaubnisse',
  rulesEmptyBody: 'Wähle „Immer …“, wenn der Agent fragt. Was du erlaubt hast, steht dann hier.',
  allows: (covers) => `Erlaubt: ${covers}`,
  everywhere: 'Überall',
  onlyIn: (title) => `Nur in „${title}“`,
  madeBy: (name) => `von ${name}`,
  revoke: 'Entziehen',
  revokeLabel: (covers) => `Entziehen: ${covers}`,
  revokeTitle: 'Diese Erlaubnis entziehen?',
  revokeBody: (covers) => `Ab jetzt fragt der Agent wieder: ${covers}.`,
  revoked: 'Der Agent fragt danach wieder.',

  // The log.
  log: 'Protokoll',
  logSub: 'Wer was wann entschieden hat. Nichts darin wird je geändert.',
  logFailed: 'Das Protokoll konnte nicht gelesen werden',
  logKind: 'Worüber',
  logKinds: {
    all: 'Alles',
    approval: 'Freigaben',
    rule: 'Regeln',
    device: 'Geräte',
    password: 'Passwort',
    config: 'Einstellungen',
  },
  logEmptyTitle: 'Im Protokoll steht noch nichts',
  logEmptyBody:
    'Freigaben, Regeln, Geräte, das Passwort und geänderte Einstellungen werden hier festgehalten.',
  logActions: {
    'approval.approved': 'Erlaubt',
    'approval.denied': 'Abgelehnt',
    'approval.expired': 'Abgelaufen',
    'approval.cancelled': 'Zurückgezogen',
    'rule.added': 'Von nun an erlaubt',
    'rule.revoked': 'Erlaubnis zurückgenommen',
    'device.paired': 'Gerät gekoppelt',
    'device.signed_in': 'Mit dem Passwort angemeldet',
    'device.changed': 'Gerät geändert',
    'device.rotated': 'Gerät hat ein neues Token',
    'device.revoked': 'Gerät den Zugriff entzogen',
    'device.revoked_others': 'Allen anderen Geräten den Zugriff entzogen',
    'device.revoked_all': 'Allen Geräten den Zugriff entzogen',
    'password.set': 'Passwort gesetzt',
    'password.removed': 'Passwort entfernt',
    'config.changed': 'Einstellungen geändert',
  },

  // Notices of the browser.
  noticesOn: 'Melden, wenn dieser Tab im Hintergrund ist',
  noticesOff: 'Nicht mehr melden, wenn dieser Tab im Hintergrund ist',
  noticesRefused:
    'Dieser Browser blockiert Benachrichtigungen von hier. Erlaube sie in seinen Einstellungen für diese Seite.',
  noticesInsecure:
    'Benachrichtigungen brauchen HTTPS, oder die Seite muss auf dem Rechner selbst geöffnet sein: Woanders lassen Browser sie nicht zu.',
  noticesUnsupported: 'Dieser Browser kennt keine Benachrichtigungen für Webseiten.',
  noticeTool: (tool) => `Darf der Agent ${tool} verwenden?`,
  noticeQuestion: 'Der Agent fragt dich etwas',
};
