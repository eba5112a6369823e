export const errors = {
  notFoundTitle: 'There is no such page',
  notFoundBody: 'The address may be old or mistyped.',
  toChat: 'Go to the chat',
  staleTitle: 'The gateway was updated',
  staleBody: 'Reload to get the new version of this page. Drafts are kept.',
  crashTitle: 'This page ran into an error',
};
