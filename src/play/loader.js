// The worker wakes while the page is still being built.
(async () => {
  const packed = atob(document.getElementById('program').textContent.trim());
  const bytes = Uint8Array.from(packed, (letter) => letter.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'));
  const text = await new Response(stream).text();
  const address = URL.createObjectURL(new Blob([text], { type: 'text/javascript' }));
  globalThis.gfpsim = { address, worker: new Worker(address) };
  const script = document.createElement('script');
  script.src = address;
  document.head.append(script);
})();
