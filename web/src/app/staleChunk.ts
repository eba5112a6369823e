/** Recognises a part of the page that is gone since the gateway was updated; each browser words it its own way. */
export const isStaleChunk = (error: unknown) =>
  /dynamically imported module|importing a module script failed|unable to preload css/i.test(String(error));
