import { limits } from '#protocol/limits.ts';

/** What a thumbnail shows is so far from the beginning, which is often black, in seconds. Of a short film it is the middle. */
const atSeconds = 1;
/** A browser that hasn't made it by then, in ms, makes none: the film doesn't wait any longer. */
const mostMs = 3_000;
/** The server encodes it again. */
const quality = 0.9;

const made = new WeakMap<Blob, Promise<Blob | undefined>>();

/** A picture of a film, or undefined if the browser can't decode the film. It is made once. */
export function thumbnailOf(film: Blob): Promise<Blob | undefined> {
  const known = made.get(film) ?? make(film).catch(() => undefined);
  made.set(film, known);
  return known;
}

async function make(film: Blob): Promise<Blob | undefined> {
  const url = URL.createObjectURL(film);
  const video = document.createElement('video');
  try {
    video.muted = true;
    video.playsInline = true;
    video.preload = 'auto';
    video.src = url;
    const late = AbortSignal.timeout(mostMs);
    await reached(video, 'loadedmetadata', late);
    // The duration of a live recording is infinite.
    video.currentTime = Math.min(atSeconds, video.duration / 2);
    await reached(video, 'seeked', late);
    return await picture(video);
  } finally {
    // Lets go of the decoder, of which browsers have a few.
    video.removeAttribute('src');
    video.load();
    URL.revokeObjectURL(url);
  }
}

function reached(video: HTMLVideoElement, event: string, late: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    video.addEventListener(event, () => resolve(), { once: true });
    video.addEventListener('error', () => reject(video.error), { once: true });
    late.addEventListener('abort', () => reject(late.reason), { once: true });
  });
}

/** What a video shows now, as JPEG, which all browsers write. */
async function picture(video: HTMLVideoElement): Promise<Blob | undefined> {
  const { videoWidth, videoHeight } = video;
  const scale = Math.min(1, limits.thumbnailPixels / Math.max(videoWidth, videoHeight));
  const canvas = new OffscreenCanvas(Math.round(videoWidth * scale), Math.round(videoHeight * scale));
  const context = canvas.getContext('2d');
  if (!context || !tellsTruth(context)) return undefined;
  context.drawImage(video, 0, 0, canvas.width, canvas.height);
  return canvas.convertToBlob({ type: 'image/jpeg', quality });
}

/** Whether a canvas gives what was drawn. Browsers that resist fingerprinting give noise, or white. */
function tellsTruth(context: OffscreenCanvasRenderingContext2D): boolean {
  context.fillStyle = '#36c';
  context.fillRect(0, 0, 1, 1);
  const [red = 0, green = 0, blue = 0] = context.getImageData(0, 0, 1, 1).data;
  return Math.hypot(red - 0x33, green - 0x66, blue - 0xcc) < 16;
}
