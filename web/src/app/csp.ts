/** The nonce of this page's content security policy; browsers hide it from the attribute, not from the property. */
export const cspNonce = () =>
  document.querySelector<HTMLMetaElement>('meta[property=csp-nonce]')?.nonce ?? '';
