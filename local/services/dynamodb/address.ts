import { randomInt } from 'node:crypto';
import { shuffled } from '../../faults/random.ts';

/**
 * Ports from 1024 on that no browser opens a connection to ("Port blocking" in the Fetch standard; Chromium lacks two more). Whoever reaches dynoxide may
 * do everything: it checks no signature, allows every origin, and can't listen on anything but TCP.
 */
export const portsWithoutBrowsers: readonly number[] = [
  1719, 1720, 1723, 2049, 3659, 4045, 5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669, 6697, 10080,
];

export type Address = ReturnType<typeof addressesWithoutBrowsers>[number];

/**
 * Returns addresses of this machine that no page can reach, in random order. On Linux all of 127.0.0.0/8 is the loopback network, so
 * that any number of stacks find one that is free, and nobody can guess it. Elsewhere only 127.0.0.1 is.
 */
export function addressesWithoutBrowsers() {
  const host =
    process.platform === 'linux' ? `127.${randomInt(1, 255)}.${randomInt(256)}.${randomInt(1, 255)}` : '127.0.0.1';
  return shuffled(portsWithoutBrowsers, () => randomInt(2 ** 32)).map((port) => ({ host, port }));
}
