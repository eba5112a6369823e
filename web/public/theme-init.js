// Runs before the first paint, so that the page never shows the wrong theme.
(() => {
  let saved = 'auto';
  try {
    saved = localStorage.getItem('mantine-color-scheme-value') || 'auto';
  } catch {
    // Storage may be forbidden: the system's choice holds then.
  }
  const dark = saved === 'dark' || (saved === 'auto' && matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.setAttribute('data-mantine-color-scheme', dark ? 'dark' : 'light');
})();
