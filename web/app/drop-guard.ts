/** Whether files are being dragged. */
export const hasFiles = ({ dataTransfer }: DragEvent): boolean => dataTransfer?.types.includes('Files') ?? false;

/**
 * Keeps the browser from leaving the page to open a file that is dropped where nothing takes it. Fields for files still take them. Must be
 * called once.
 */
export function guardDrops(): void {
  const guard = (event: DragEvent) => {
    if (!hasFiles(event) || event.defaultPrevented) return;
    if (event.target instanceof HTMLInputElement && event.target.type === 'file') return;
    event.preventDefault();
    if (event.dataTransfer) event.dataTransfer.dropEffect = 'none';
  };
  addEventListener('dragover', guard);
  addEventListener('drop', guard);
}
