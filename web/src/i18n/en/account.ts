export const account = {
  label: 'This browser',
  unnamed: 'This browser',
  open: 'No pairing required',
  signOut: 'Sign out',
  signOutFailed: 'Could not sign out',
  appearance: 'Appearance and language',
  shortcuts: 'Keyboard shortcuts',
};
