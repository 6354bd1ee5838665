/** What is shown for a device that doesn't say what it is. */
export const unknownDevice = 'Unknown device';

/** Browsers in the order in which they are looked for: most of them also name the ones after them. */
const browsers: readonly (readonly [RegExp, string])[] = [
  [/\bEdg(?:e|A|iOS)?\//, 'Edge'],
  [/\b(?:OPR|OPT|Opera)\//, 'Opera'],
  [/\bSamsungBrowser\//, 'Samsung Internet'],
  [/\bVivaldi\//, 'Vivaldi'],
  [/\b(?:Firefox|FxiOS)\//, 'Firefox'],
  [/\b(?:Chrome|CriOS|Chromium|HeadlessChrome)\//, 'Chrome'],
  [/\bSafari\//, 'Safari'],
];

const systems: readonly (readonly [RegExp, string])[] = [
  [/\biPhone\b/, 'iPhone'],
  [/\biPad\b/, 'iPad'],
  [/\bAndroid\b/, 'Android'],
  [/\bCrOS\b/, 'ChromeOS'],
  [/\bWindows\b/, 'Windows'],
  [/\bMac(?:intosh| OS X)\b/, 'macOS'],
  [/\b(?:Linux|X11)\b/, 'Linux'],
];

/** Longer headers than browsers send are cut, before anything is searched in them. */
const longest = 400;

/**
 * Describes a device by the header `User-Agent`, such as `Firefox on Linux`. Of programs it is the name of the first product
 * (RFC 9110, "User-Agent"). The header is the sender's word, so it tells a person which device it is and proves nothing.
 */
export function deviceOf(userAgent = ''): string {
  const text = userAgent.slice(0, longest);
  const find = (known: typeof browsers) => known.find(([pattern]) => pattern.test(text))?.[1];
  const [browser, system] = [find(browsers), find(systems)];
  if (browser !== undefined) return system === undefined ? browser : `${browser} on ${system}`;
  const product = /^[\w.-]{1,40}/.exec(text)?.[0];
  return product === undefined || product === 'Mozilla' ? (system ?? unknownDevice) : product;
}
