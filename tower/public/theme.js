// Before the first paint, so that a dark screen never flashes white.
(() => {
  const kept = localStorage.getItem('tieout.theme')
  if (kept === 'light' || kept === 'dark') document.documentElement.dataset.theme = kept
})()
