/** Octets of text, and what is special about them. */
export type Sample = readonly [name: string, octets: Buffer];

function sample(name: string, hex: string): Sample {
  return [name, Buffer.from(hex.replaceAll(" ", ""), "hex")];
}

/** Every class of valid sequence: first, last and around each boundary. */
export const valid: readonly Sample[] = [
  sample("U+0000", "00"),
  sample("U+007F, the last of 1 octet", "7f"),
  sample("U+0080, the first of 2 octets", "c2 80"),
  sample("U+00BF", "c2 bf"),
  sample("U+07FF, the last of 2 octets", "df bf"),
  sample("U+0800, the first of 3 octets", "e0 a0 80"),
  sample("U+0FFF", "e0 bf bf"),
  sample("U+1000", "e1 80 80"),
  sample("U+CFFF", "ec bf bf"),
  sample("U+D7FF, the last before the surrogates", "ed 9f bf"),
  sample("U+E000, the first after the surrogates", "ee 80 80"),
  sample("U+FFFD, the replacement character", "ef bf bd"),
  sample("U+FFFE, a non-character", "ef bf be"),
  sample("U+FFFF, the last of 3 octets", "ef bf bf"),
  sample("U+FDD0 and U+FDEF, non-characters", "ef b7 90 ef b7 af"),
  sample("U+10000, the first of 4 octets", "f0 90 80 80"),
  sample("U+1FFFE and U+1FFFF, non-characters", "f0 9f bf be f0 9f bf bf"),
  sample("U+3FFFF", "f0 bf bf bf"),
  sample("U+40000", "f1 80 80 80"),
  sample("U+FFFFF", "f3 bf bf bf"),
  sample("U+100000", "f4 80 80 80"),
  sample("U+10FFFE, a non-character", "f4 8f bf be"),
  sample("U+10FFFF, the last of all", "f4 8f bf bf"),
  sample("a byte order mark alone", "ef bb bf"),
  sample("a byte order mark before text", "ef bb bf 61"),
  sample("two byte order marks", "ef bb bf ef bb bf"),
  sample("a byte order mark within text", "61 ef bb bf 62"),
  sample("CR, LF and other controls", "0d 0a 09 0b 1b 08"),
  sample("Greek: κόσμε", "ce ba e1 bd b9 cf 83 ce bc ce b5"),
  sample("all lengths in one text", "24 c2 a2 e2 82 ac f0 90 8d 88 24"),
  sample("combining marks, not composed", "65 cc 81 61 cc 8a"),
  sample(
    "an emoji of seven code points",
    "f0 9f 91 a8 e2 80 8d f0 9f 91 a9 e2 80 8d f0 9f 91 a7 e2 80 8d f0 9f 91 a6",
  ),
];

const truncated: readonly Sample[] = [
  sample("2 octets cut after 1", "c2"),
  sample("3 octets cut after 1", "e1"),
  sample("3 octets cut after 2", "e1 80"),
  sample("E0 cut after 2", "e0 a0"),
  sample("4 octets cut after 1", "f1"),
  sample("4 octets cut after 2", "f1 80"),
  sample("4 octets cut after 3", "f1 80 80"),
  sample("F4 cut after 3", "f4 8f bf"),
];

/** Every class of sequence that no valid text has; each has its first bad octet inside or right after it. */
const invalid: readonly Sample[] = [
  sample("a lone continuation octet 80", "80"),
  sample("a lone continuation octet BF", "bf"),
  sample("continuation octets 2 to 7", "80 bf 80 bf 80 bf"),
  sample("one continuation octet too many after 2 octets", "c2 80 80"),
  sample("one continuation octet too many after 4 octets", "f1 80 80 80 80"),
  sample("overlong 2 octets C0 80", "c0 80"),
  sample("overlong 2 octets C0 AF", "c0 af"),
  sample("overlong 2 octets C1 BF", "c1 bf"),
  sample("overlong 3 octets E0 80 80", "e0 80 80"),
  sample("overlong 3 octets E0 80 AF", "e0 80 af"),
  sample("overlong 3 octets E0 9F BF", "e0 9f bf"),
  sample("overlong 4 octets F0 80 80 80", "f0 80 80 80"),
  sample("overlong 4 octets F0 80 80 AF", "f0 80 80 af"),
  sample("overlong 4 octets F0 8F BF BF", "f0 8f bf bf"),
  sample("the surrogate U+D800", "ed a0 80"),
  sample("the surrogate U+DB7F", "ed ad bf"),
  sample("the surrogate U+DB80", "ed ae 80"),
  sample("the surrogate U+DBFF", "ed af bf"),
  sample("the surrogate U+DC00", "ed b0 80"),
  sample("the surrogate U+DFFF", "ed bf bf"),
  sample("a pair of surrogates", "ed a0 80 ed b0 80"),
  sample("U+110000, above the last", "f4 90 80 80"),
  sample("U+13FFFF", "f4 bf bf bf"),
  sample("U+140000", "f5 80 80 80"),
  sample("U+1FFFFF", "f7 bf bf bf"),
  sample("overlong 5 octets", "f8 80 80 80 af"),
  sample("the first of 5 octets", "f8 88 80 80 80"),
  sample("the last of 5 octets", "fb bf bf bf bf"),
  sample("overlong 6 octets", "fc 80 80 80 80 af"),
  sample("the first of 6 octets", "fc 84 80 80 80 80"),
  sample("the last of 6 octets", "fd bf bf bf bf bf"),
  sample("FE", "fe"),
  sample("FF", "ff"),
  sample("FE FE FF FF", "fe fe ff ff"),
];

const lead = Buffer.from("wire ");
const end = Buffer.from(" hall");

/** Texts that end inside a character. */
export const cut: readonly Sample[] = truncated.map(([name, octets]) => [
  name,
  Buffer.concat([lead, octets]),
]);

/** Texts with a bad octet before their end; a cut sequence is bad from the octet that follows it. */
export const broken: readonly Sample[] = [
  ...invalid,
  ...truncated.map(([name, o]): Sample => [`${name}, then more text`, o]),
].map(([name, octets]) => [name, Buffer.concat([lead, octets, end])]);

/** One of each class, for what costs time. */
export const brokenClasses: readonly Sample[] = broken.filter(([name]) =>
  [
    "lone continuation octet 80",
    "C0 AF",
    "E0 80 80",
    "F0 8F",
    "D800",
    "DFFF",
    "110000",
    "140000",
    "first of 5",
    "FF",
    "3 octets cut after 1",
    "4 octets cut after 3",
    "2 octets cut after 1",
    "4 octets cut after 2",
  ].some((part) => name.includes(part)),
);
