import sharp from 'sharp';

const raw = await sharp({
  create: {
    width: 8000,
    height: 5000,
    channels: 3,
    background: '#f80',
    noise: { type: 'gaussian', mean: 128, sigma: 12 },
  },
})
  .blur(1.5)
  .avif({ quality: 50, effort: 0 })
  .toBuffer();
console.log('avif 40MP', raw.length, process.memoryUsage().rss >> 20);
const { cleanImage } = await import('/tmp/wt/media/adapters/media/images.ts');
const t = performance.now(),
  c = process.cpuUsage();
const r = await cleanImage(raw, 'image/avif');
const u = process.cpuUsage(c);
console.log(
  'ms',
  performance.now() - t,
  'cpu',
  (u.user + u.system) / 1000,
  'rss',
  process.memoryUsage().rss >> 20,
  'max',
  process.resourceUsage().maxRSS >> 10,
  r.size,
);
