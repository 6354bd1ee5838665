/** Has the browser download a file of this name. */
export function saveFile(name: string, content: Blob): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  // The browser reads the file after the click; by then it has certainly begun.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
