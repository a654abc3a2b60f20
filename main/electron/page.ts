/** Where the page lives: a scheme of its own, which is an origin of its own. */
export const SCHEME = 'app';
export const PAGE_ORIGIN = `${SCHEME}://convcanvas`;
export const PAGE_URL = `${PAGE_ORIGIN}/index.html`;

/** Whether an address is our page's. */
export function isPage(url: string): boolean {
  return URL.canParse(url) && new URL(url).protocol === `${SCHEME}:` && new URL(url).host === 'convcanvas';
}
