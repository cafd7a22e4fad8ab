// A client under test, whole: `wirehall conformance --listen 9001`, then run this with any runtime that has WebSocket.
const base = process.argv[2] ?? "ws://localhost:9001";

function visit(path: string, message: (socket: WebSocket, data: unknown) => void): Promise<void> {
  return new Promise((resolve) => {
    const socket = new WebSocket(base + path);
    socket.binaryType = "arraybuffer";
    socket.onmessage = ({ data }) => message(socket, data);
    socket.onclose = () => resolve();
  });
}

let count = 0;
await visit("/count", (_, data) => {
  count = Number(data);
});
for (let n = 1; n <= count; n++) {
  await visit(`/case/${n}`, (socket, data) => socket.send(data as string | ArrayBuffer));
}
