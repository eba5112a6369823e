export const access = {
  readOnly: 'Read only',
  needs: {
    read: 'This device may not read here. Ask for a pairing code that allows it.',
    chat: 'This device may only read. To write, pair it with a code that allows chat.',
    admin: 'This device may not change settings. Pair it with a code that allows everything.',
  },
};
