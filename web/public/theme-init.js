// Runs before the first paint, so that the page never shows the wrong theme or moves when its density comes.
(() => {
  const root = document.documentElement;
  const saved = (name) => {
    try {
      return localStorage.getItem(name);
    } catch {
      // Storage may be forbidden: the system's choice holds then.
      return null;
    }
  };
  const scheme = saved('mantine-color-scheme-value') || 'auto';
  const dark = scheme === 'dark' || (scheme === 'auto' && matchMedia('(prefers-color-scheme: dark)').matches);
  root.setAttribute('data-mantine-color-scheme', dark ? 'dark' : 'light');
  if (saved('clawgate-density') === 'compact') root.setAttribute('data-density', 'compact');
  document.querySelector('meta[name="theme-color"]').setAttribute('content', dark ? '#14171a' : '#f6f8f9');
})();
