/** Reads the bytes of an event stream, whatever pieces they come in. */

export interface StreamEvent {
  id: number | undefined;
  name: string;
  data: string;
}

/** An event longer than this is none of ours. */
const LONGEST = 4_000_000;

export class EventParser {
  private rest = '';
  private id: number | undefined;
  private name = '';
  private data: string[] = [];

  /** The events that are whole now. Comments and fields that nobody knows are passed over. */
  push(text: string): StreamEvent[] {
    const events: StreamEvent[] = [];
    this.rest += text;
    // A carriage return at the very end may be the first half of a line's end.
    const whole = this.rest.endsWith('\r') ? this.rest.slice(0, -1) : this.rest;
    const lines = whole.split(/\r\n|\n|\r/);
    const last = lines.pop() ?? '';
    this.rest = last + this.rest.slice(whole.length);
    if (this.rest.length > LONGEST) throw new Error('an event is too long');
    for (const line of lines) {
      const event = this.line(line);
      if (event) events.push(event);
    }
    return events;
  }

  private line(line: string): StreamEvent | undefined {
    if (line === '') {
      const event = { id: this.id, name: this.name || 'message', data: this.data.join('\n') };
      const any = this.data.length > 0;
      this.name = '';
      this.data = [];
      return any ? event : undefined;
    }
    const colon = line.indexOf(':');
    const field = colon === -1 ? line : line.slice(0, colon);
    const value = colon === -1 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (field === 'data') this.data.push(value);
    else if (field === 'event') this.name = value;
    else if (field === 'id' && /^\d+$/.test(value)) this.id = Number(value);
    return undefined;
  }
}
