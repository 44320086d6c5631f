// Loaded into the server that a launcher started: when the process that waits for it is gone
// (kill -9 of npm), stop as at SIGTERM instead of living on as an orphan that holds the port and
// the data folder.
const parent = process.ppid;
const watch = setInterval(() => {
  if (process.ppid === parent) return;
  clearInterval(watch);
  process.kill(process.pid, 'SIGTERM');
}, 400);
watch.unref();
