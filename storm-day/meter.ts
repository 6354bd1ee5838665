import { Histogram } from './histogram.ts';
import type { Second } from './orders.ts';

/** Counts what happens in a process, and tells it each second. */
export class Meter {
  #counts = { sent: 0, acked: 0, delivered: 0 };
  #ack = new Histogram();
  #delivery = new Histogram();
  #delay = new Histogram();
  #cpu = process.cpuUsage();

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
    const second = { at: Math.floor(now / 1_000), ...this.#counts, ...times, cpuMs, offline };
    this.#counts = { sent: 0, acked: 0, delivered: 0 };
    [this.#ack, this.#delivery, this.#delay] = [new Histogram(), new Histogram(), new Histogram()];
    this.#cpu = cpu;
    return second;
  }
}
