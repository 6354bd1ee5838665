import sharp from 'sharp';

/** Pictures that nobody took: drawn as SVG, so that the repository needs none. */

interface Sky {
  readonly top: string;
  readonly bottom: string;
  readonly sun: string;
  /** From the farthest to the nearest. */
  readonly hills: readonly string[];
  readonly water?: string;
}

const skies = {
  lake: {
    top: '#f7b267',
    bottom: '#f4d9b0',
    sun: '#fff3d6',
    hills: ['#b9768a', '#8a5a7d', '#5c4468'],
    water: '#7d6a9a',
  },
  meadow: { top: '#8cc7ee', bottom: '#e4f3fb', sun: '#fffbe6', hills: ['#9cc8a5', '#6fae74', '#4c8d50', '#356f3d'] },
  evening: {
    top: '#1f2a5a',
    bottom: '#c86b7a',
    sun: '#ffd9a0',
    hills: ['#5a3d6b', '#3b2b53', '#221b38'],
    water: '#3a3566',
  },
  dunes: { top: '#a8d5e5', bottom: '#f6ead2', sun: '#fffdf2', hills: ['#ead2a0', '#dcb97c', '#c99f5c'] },
} satisfies Record<string, Sky>;

export type Scene = keyof typeof skies;

/** A landscape as a JPEG. */
export function landscape(scene: Scene, width = 1200, height = 900): Promise<Buffer> {
  const { top, bottom, sun, hills, water }: Sky = skies[scene];
  const layers = hills.map((colour, i) => {
    const base = height * (0.5 + (0.32 * i) / hills.length);
    const points = Array.from({ length: 25 }, (_, x) => {
      const wave = Math.sin(x * (0.45 + i * 0.13) + i * 2.1) + 0.5 * Math.sin(x * 1.3 + i * 5);
      return `${(x * width) / 24},${base - wave * height * (0.07 - 0.012 * i)}`;
    });
    return `<polygon fill="${colour}" points="0,${height} ${points.join(' ')} ${width},${height}"/>`;
  });
  const lake = water
    ? `<rect y="${height * 0.78}" width="${width}" height="${height}" fill="${water}"/>
       <ellipse cx="${width * 0.68}" cy="${height * 0.86}" rx="${width * 0.09}" ry="${height * 0.012}" fill="${sun}" opacity=".7"/>
       <ellipse cx="${width * 0.68}" cy="${height * 0.91}" rx="${width * 0.06}" ry="${height * 0.01}" fill="${sun}" opacity=".5"/>`
    : '';
  return draw(
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">
      <linearGradient id="sky" x2="0" y2="1"><stop stop-color="${top}"/><stop offset=".75" stop-color="${bottom}"/></linearGradient>
      <rect width="${width}" height="${height}" fill="url(#sky)"/>
      <circle cx="${width * 0.68}" cy="${height * 0.3}" r="${height * 0.085}" fill="${sun}"/>
      ${layers.join('')}${lake}
    </svg>`,
  );
}

interface Looks {
  readonly ground: string;
  readonly skin: string;
  readonly hair: string;
  readonly clothes: string;
  readonly longHair?: boolean;
}

/** A face for an avatar, as a JPEG of 256 × 256 pixels. */
export function face({ ground, skin, hair, clothes, longHair = false }: Looks): Promise<Buffer> {
  const behind = longHair ? `<path d="M70 110a58 58 0 0 1 116 0v80H70z" fill="${hair}"/>` : '';
  return draw(
    `<svg xmlns="http://www.w3.org/2000/svg" width="256" height="256">
      <rect width="256" height="256" fill="${ground}"/>${behind}
      <path d="M36 256c0-52 42-76 92-76s92 24 92 76z" fill="${clothes}"/>
      <rect x="110" y="150" width="36" height="48" rx="18" fill="${skin}"/>
      <ellipse cx="128" cy="120" rx="46" ry="54" fill="${skin}"/>
      <path d="M80 116c-6-48 22-66 50-66s56 16 48 66c-8-22-22-34-44-36-16 14-34 20-54 36z" fill="${hair}"/>
      <circle cx="111" cy="124" r="4.5" fill="#2b2230"/><circle cx="145" cy="124" r="4.5" fill="#2b2230"/>
      <path d="M112 146q16 13 32 0" fill="none" stroke="#2b2230" stroke-width="3.5" stroke-linecap="round"/>
    </svg>`,
  );
}

async function draw(svg: string): Promise<Buffer> {
  // A stack in the same process has blocked what uploads may not be, which is a setting of the whole process.
  sharp.unblock({ operation: ['VipsForeignLoadSvg'] });
  return sharp(Buffer.from(svg)).jpeg({ quality: 88 }).toBuffer();
}
