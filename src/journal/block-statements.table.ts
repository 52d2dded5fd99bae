const PLACE = "SELECT id, epoch, first FROM block INDEXED BY block_order WHERE stream = ?";
/** The statements of the table of blocks. `around`, `beyond` and `since` read the index alone. */
export const BLOCK_STATEMENTS = {
  insert: `INSERT INTO block (stream, epoch, first, last, readings, body_bytes, to_us, written_us, crc, data)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  around: `${PLACE} AND epoch = ? AND first <= ? ORDER BY first DESC LIMIT 1`,
  beyond: `${PLACE} AND (epoch, first) > (?, ?) ORDER BY epoch, first LIMIT 1`,
  since: `${PLACE} AND to_us >= ? ORDER BY epoch, first LIMIT 1`,
  read: "SELECT epoch, first, last, readings, body_bytes, to_us, crc, data FROM block WHERE id = ?",
  upTo: "SELECT id, stream, length(data) AS size FROM block WHERE id <= ? ORDER BY id DESC LIMIT 1",
  oldest: "SELECT id, stream, readings, body_bytes, written_us FROM block ORDER BY id LIMIT ?",
  delete: "DELETE FROM block WHERE id <= ?",
  newest: "SELECT max(id) AS id FROM block",
  shift: "UPDATE block SET written_us = written_us + ? WHERE id > ?",
} as const;
