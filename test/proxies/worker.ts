import { websocket } from "wirehall";
import { serve } from "wirehall/serve";

export default serve({
  fetch: websocket({ message: (connection, data) => void connection.send(data) }),
});
