/** Words between dots, of the characters that a local part may have without quotes, of any script (RFC 5321, RFC 6531). */
const localPart = /^[^\p{C}\p{Z}"(),.:;<>@[\\\]]+(?:\.[^\p{C}\p{Z}"(),.:;<>@[\\\]]+)*$/u;

/** A domain whose labels are letters, digits and hyphens, and of which the last isn't a number (RFC 1123, section 2.1). */
const asciiDomain = /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+(?!\d+$)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])$/;

/** RFC 5321, section 4.5.3.1, in octets. An address without its brackets has two less than a path. */
const octets = { local: 64, domain: 253, address: 254 };

/**
 * The one form of an address of e-mail in all of its spellings, or undefined if nobody can have it: in lower case and NFC, with its domain
 * in Punycode, as mail servers want it. Quoted local parts and addresses of hosts are refused: nobody has them, and they are a way to
 * spell one mailbox differently.
 */
export function canonicalAddress(text: string): string | undefined {
  const at = text.lastIndexOf('@');
  const local = text.slice(0, Math.max(at, 0)).normalize('NFC').toLowerCase().normalize('NFC');
  const domain = asciiOf(text.slice(at + 1));
  const address = `${local}@${domain}`;
  const size = (part: string) => new TextEncoder().encode(part).length;
  const fits = size(local) <= octets.local && size(domain) <= octets.domain && size(address) <= octets.address;
  return localPart.test(local) && asciiDomain.test(domain) && fits ? address : undefined;
}

/** A domain in Punycode, by the rules of UTS #46 as URLs have them; empty if it is none. */
function asciiOf(domain: string): string {
  // What else a URL can have around its host, and a percent sign, which it would decode.
  if (/[^\P{ASCII}A-Za-z0-9.-]/u.test(domain)) return '';
  try {
    return new URL(`https://${domain}`).hostname;
  } catch {
    return '';
  }
}
