import { Histogram } from './histogram.ts';
import type { Second } from './orders.ts';

const nothing = { sent: 0, acked: 0, delivered: 0, asked: 0, failed: 0 };

/** Counts what happens in a process, and tells it each second. */
export class Meter {
  #counts = { ...nothing };
  #ack = new Histogram();
  #delivery = new Histogram();
  #delay = new Histogram();
  #cpu = process.cpuUsage();

  /** Counts a line of the history: a request, of whatever kind, or its end. */
  recorded(line: string): void {
    if (line.includes('"type":"invoke"')) this.#counts.asked += 1;
    else if (line.includes('"type":"info"') || line.includes('"type":"fail"')) this.#counts.failed += 1;
  }

  sent(lateMs: number): void {
    this.#counts.sent += 1;
    this.#delay.add(lateMs);
  }

  acked(ms: number): void {
    this.#counts.acked += 1;
    this.#ack.add(ms);
  }

  delivered(ms: number): void {
    this.#counts.delivered += 1;
    this.#delivery.add(ms);
  }

  /** What was counted since the last time. */
  take(now: number, offline: number): Second {
    const cpu = process.cpuUsage();
    const cpuMs = (cpu.user + cpu.system - this.#cpu.user - this.#cpu.system) / 1_000;
    const times = { ack: this.#ack.buckets, delivery: this.#delivery.buckets, delay: this.#delay.buckets };
    const second = {
      at: Math.floor(now / 1_000),
      ...this.#counts,
      ...times,
      cpuMs,
      offline,
      rss: process.memoryUsage.rss(),
    };
    this.#counts = { ...nothing };
    [this.#ack, this.#delivery, this.#delay] = [new Histogram(), new Histogram(), new Histogram()];
    this.#cpu = cpu;
    return second;
  }
}
