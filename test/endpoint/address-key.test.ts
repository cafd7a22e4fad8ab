import assert from "node:assert/strict";
import { test } from "node:test";
import { addressKey } from "../../src/endpoint/address-key.ts";

const keys: readonly [address: string, key: string][] = [
  ["192.0.2.1", "192.0.2.1"],
  ["::ffff:192.0.2.1", "192.0.2.1"],
  ["::FFFF:c000:201", "192.0.2.1"],
  ["0:0:0:0:0:ffff:c000:0201", "192.0.2.1"],
  ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
  ["2001:DB8:0001:0002::", "2001:db8:1:2::/64"],
  ["2001:db8::1", "2001:db8:0:0::/64"],
  ["::1", "0:0:0:0::/64"],
  ["::", "0:0:0:0::/64"],
  ["fe80::1%eth0", "fe80:0:0:0::/64"],
  ["64:ff9b::192.0.2.1", "64:ff9b:0:0::/64"],
  // No address is made of what is none.
  ["", ""],
  ["unix:/run/socket", "unix:/run/socket"],
  ["1::2::3", "1::2::3"],
  ["1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7:8:9"],
  ["1:2:3:4:5:6:7:8::", "1:2:3:4:5:6:7:8::"],
  ["::ffff:192.0.2.999", "::ffff:192.0.2.999"],
  ["1:2:3:4:5:6:7", "1:2:3:4:5:6:7"],
];

for (const [address, key] of keys) {
  test(`${JSON.stringify(address)} is counted as ${JSON.stringify(key)}`, () => {
    assert.equal(addressKey(address), key);
  });
}
