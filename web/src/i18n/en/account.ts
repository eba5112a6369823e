export const account = {
  label: 'This browser',
  unnamed: 'This browser',
  open: 'No pairing required',
  signOut: 'Sign out',
  signedOut: 'This browser was signed out: its access was revoked or has expired.',
  signOutFailed: 'Could not sign out',
  appearance: 'Appearance and language',
  shortcuts: 'Keyboard shortcuts',
};
