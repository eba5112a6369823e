/** The pairing link: `/#code=ABCD-1234`. A fragment never reaches a server, a log or another site. */

/** Reads the code and takes it out of the address bar, so that it is neither kept in history nor shared by mistake. */
export function takePairingCode(place: Location = location, past: History = history): string | null {
  const code = new URLSearchParams(place.hash.slice(1)).get('code');
  if (code === null) return null;
  past.replaceState(past.state, '', place.pathname + place.search);
  return code;
}
