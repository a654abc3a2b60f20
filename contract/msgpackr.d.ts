/** The build of msgpackr without `new Function`, which the page's policy forbids; it comes without types of its own. */
declare module 'msgpackr/index-no-eval' {
  export { Packr } from 'msgpackr';
}
