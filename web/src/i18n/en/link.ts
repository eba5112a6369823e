export const link = {
  label: (state: string) => `Connection: ${state}`,
  idle: 'Not connected',
  connecting: 'Connecting',
  open: 'Connected',
  retrying: 'Reconnecting',
  retryingIn: (seconds: number) => `Reconnecting in ${seconds} s`,
  offline: 'Offline',
  unauthorized: 'Signed out',
  lost: 'Connection to the gateway lost.',
  lostOffline: 'This device is offline.',
  keepsGoing: 'Running answers go on and appear when it is back.',
  retryNow: 'Retry now',
};
