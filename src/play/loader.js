// The worker unpacks the program, hands it to the page, and begins with the question at once,
// while the page lays out what it has of text: the first look for fonts takes a browser as long.
(() => {
  const read = (id) => document.getElementById(id).textContent.trim();
  const waits = `onmessage = async ({ data: { packed, question } }) => {
    const letters = atob(packed);
    const bytes = new Uint8Array(letters.length);
    for (let i = 0; i < letters.length; i++) bytes[i] = letters.charCodeAt(i);
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'));
    const text = await new Response(stream).blob();
    const program = new Blob([text], { type: 'text/javascript' });
    postMessage({ kind: 'program', program });
    importScripts(URL.createObjectURL(program));
    setTimeout(() => onmessage({ data: question }));
  };`;
  const bootstrap = new Blob([waits], { type: 'text/javascript' });
  const worker = new Worker(URL.createObjectURL(bootstrap));
  const question = { link: location.hash, own: JSON.parse(read('own')) };
  // What it says before the page can listen.
  const heard = [];
  worker.onerror = ({ message }) => heard.push({ kind: 'fault', message });
  worker.onmessage = ({ data }) => {
    if (data.kind !== 'program') {
      heard.push(data);
      return;
    }
    const script = document.createElement('script');
    script.src = URL.createObjectURL(data.program);
    globalThis.gfpsim = { address: script.src, worker, question, heard };
    document.head.append(script);
  };
  worker.postMessage({ packed: read('program'), question });
})();
