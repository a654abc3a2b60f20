/**
 * Lets the browser save a file where the user keeps downloads.
 *
 * @param name for what the page made itself; what a server sends has a name
 */
export function startDownload(href: string, name = ''): void {
  const link = document.createElement('a');
  link.href = href;
  link.download = name;
  link.click();
}
