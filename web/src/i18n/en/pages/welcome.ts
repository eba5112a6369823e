export const welcome = {
  documentTitle: 'Welcome',
  title: 'Where should the answers come from?',
  sub: 'Choose whose model the agent thinks with. You can add others and change this at any time.',
  connectTitle: 'Connect a model',
  finish: 'Start chatting',
  demo: 'Try the demo first',
  demoAbout: 'Looks around without a model: fixed answers, nothing to enter.',
  notAllowedTitle: 'No model is connected yet',
  notAllowed: 'This device may not change settings. Its owner connects a model from a device that may.',
  toChat: 'Go to the chat',
};
