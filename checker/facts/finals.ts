import type { Event, Invoke, Place } from '../history.ts';
import type { Facts } from './facts.ts';

interface Reading {
  readonly messages: Map<number, number>;
  readonly asked: number;
  /** The bound of the page that comes next. */
  next: number;
}

/** Puts the pages together that a process reads after `quiet`, from the newest to the beginning. */
export class Finals {
  readonly #facts: Facts;
  readonly #readings = new Map<string, Reading>();

  constructor(facts: Facts) {
    this.#facts = facts;
  }

  take(event: Extract<Event, { f: 'history'; type: 'ok' }>, asked: Invoke & Place): void {
    const { user, process, recorder, line, value, conversation: id = '' } = event;
    if (asked.f !== 'history' || asked.value.after !== undefined || !this.#facts.isFinal(recorder, asked.line)) return;
    const { before } = asked.value;
    const key = `${process} ${id}`;
    if (before === undefined)
      this.#readings.set(key, { messages: new Map(), asked: asked.line, next: Number.POSITIVE_INFINITY });
    const reading = this.#readings.get(key);
    if (!reading || (before !== undefined && before !== reading.next)) return;
    for (const { seq, updated = 0 } of value.messages) reading.messages.set(seq, updated);
    reading.next = value.messages[0]?.seq ?? 0;
    if (value.more) return;
    this.#readings.delete(key);
    this.#facts
      .conversation(id)
      .finals.push({ user, recorder, asked: reading.asked, line, messages: reading.messages });
  }
}
