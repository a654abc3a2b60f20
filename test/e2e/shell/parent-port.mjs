// Loaded before the training process's script: gives it what Electron gives a utility process.
process.parentPort = {
  on: (_event, listener) => process.on('message', (data) => listener({ data, ports: [] })),
  postMessage: (message) => process.send(message),
};
