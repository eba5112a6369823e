/** An examination by the doctor as it goes: which checks are made, what each finds, and all of it at the end. */
import { api, Unreachable } from './client';
import { dataOf } from './eventStream';
import type { DoctorEvent } from './types';

export async function* examination(signal: AbortSignal): AsyncGenerator<DoctorEvent> {
  const { data } = await api.POST('/api/doctor', {
    headers: { accept: 'text/event-stream' },
    parseAs: 'stream',
    signal,
  });
  if (!data) throw new Unreachable();
  let done = false;
  for await (const text of dataOf(data)) {
    const step = JSON.parse(text) as DoctorEvent;
    done ||= step.type === 'done';
    yield step;
  }
  // A stream that ends before its last word was cut off: the gateway stopped.
  if (!done) throw new Unreachable();
}
