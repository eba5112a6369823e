export const nav = {
  main: 'Main',
  openMenu: 'Open menu',
  closeMenu: 'Close menu',
  skip: 'Skip to content',
  work: 'Work',
  control: 'Control',
  chat: 'Chat',
  overview: 'Overview',
  provider: 'Provider',
  devices: 'Devices',
};
