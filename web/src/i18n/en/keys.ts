export const keys = {
  title: 'Keyboard shortcuts',
  palette: 'Search and commands',
  show: 'Show the keyboard shortcuts',
  newChat: 'New chat',
  sidebar: 'Collapse or expand the sidebar',
  undo: 'Undo the last change',
  theme: 'Switch between light and dark',
  groups: {
    page: 'On this page',
    do: 'Everywhere',
    go: 'Go to',
  },
  single: 'Shortcuts of single letters',
  singleHint: 'Switch them off if they get in the way of speech input.',
};
