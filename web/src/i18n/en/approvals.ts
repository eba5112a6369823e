export const approvals = {
  title: 'Approvals',
  sub: 'What the agent wants to do and may not do by itself.',
  tabs: 'Which approvals',
  pending: 'Waiting',
  history: 'History',
  rules: 'Rules',
  loadMore: 'Show older ones',

  // One request.
  question: 'The agent asks',
  command: 'Command',
  request: 'Request',
  inFolder: (folder: string) => `in ${folder}`,
  changes: (added: number, removed: number) => `${added} lines added, ${removed} removed`,
  copyAction: 'Copy',
  inConversation: (title: string) => `Conversation: ${title}`,
  untitled: 'New conversation',
  asked: 'Asked',

  // The answers.
  decision: 'Your decision',
  always: 'Always…',
  alwaysMenu: (what: string) => `Always allow ${what}`,
  forSession: 'In this conversation',
  forGood: 'Everywhere, for good',
  denyWhy: 'Deny and say why…',
  denyWithReason: 'Deny',
  reasonLabel: 'Why not? (optional)',
  reasonHint: 'The agent is told, and can do it another way.',
  back: 'Back',
  answers: 'Possible answers',
  answerLabel: 'Your answer',
  answer: 'Answer',
  otherAnswer: 'Another answer…',
  noAnswer: 'Do not answer',

  // What became of it.
  allowedSession: 'Allowed for this conversation',
  answered: 'Answered',
  withdrawn: 'Withdrawn: the answer was stopped',
  over: 'It no longer waits. The history tells what became of it.',
  tooLate: 'Somebody was faster.',
  theReason: 'Reason',
  theAnswer: 'Answer',
  waits: 'Waits',

  // Nothing there.
  emptyTitle: 'Nothing waits for you',
  emptyBody:
    'When the agent wants to run a command, change a file or send something, it asks here and in the conversation, on every device of yours at once.',
  toChat: 'To the chat',
  restEmpty: 'Nothing else waits.',
  historyEmptyTitle: 'Nothing was asked yet',
  historyEmptyBody: 'Every request stays here, with who decided on it and when.',
  notFound: 'That request is not here any more.',
  failed: 'The approvals could not be read',

  // Rules.
  rulesSub: 'What you allowed for longer than once. Everything else is asked for.',
  rulesEmptyTitle: 'No standing permissions',
  rulesEmptyBody: 'Choose “Always…” when the agent asks, and what you allowed is listed here.',
  allows: (covers: string) => `Allows ${covers}`,
  everywhere: 'Everywhere',
  onlyIn: (title: string) => `Only in “${title}”`,
  madeBy: (name: string) => `by ${name}`,
  revoke: 'Revoke',
  revokeLabel: (covers: string) => `Revoke: ${covers}`,
  revokeTitle: 'Revoke this permission?',
  revokeBody: (covers: string) => `From now on the agent asks again for ${covers}.`,
  revoked: 'The agent asks for that again.',

  // Notices of the browser.
  noticesOn: 'Tell me when this tab is hidden',
  noticesOff: 'Stop telling me when this tab is hidden',
  noticesRefused: 'This browser blocks notifications from here. Allow them in its settings for this site.',
  noticesInsecure:
    'Notifications need HTTPS, or this page opened on the machine itself: browsers allow them nowhere else.',
  noticesUnsupported: 'This browser has no notifications for web pages.',
  noticeTool: (tool: string) => `May the agent use ${tool}?`,
  noticeQuestion: 'The agent asks you something',
};
