// Pieces of files: whether one is all zero, writing one whole, and the checksum of many.

import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';

const pieceBytes = 1024 * 1024;
const zeros = Buffer.alloc(pieceBytes);

/** @param length of the piece, a mebibyte at most */
export const isZero = (piece: Buffer, length: number): boolean => piece.subarray(0, length).equals(zeros.subarray(0, length));

/** A write may take less than it was given. */
export async function writeAll(to: FileHandle, piece: Buffer, position: number): Promise<void> {
  for (let done = 0; done < piece.length; ) {
    const { bytesWritten } = await to.write(piece, done, piece.length - done, position + done);
    done += bytesWritten;
  }
}

/** Of a file's first bytes, in hexadecimal. */
export async function sha256Of(file: FileHandle, length: number, signal: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  const piece = Buffer.allocUnsafe(Math.max(1, Math.min(pieceBytes, length)));
  for (let done = 0; done < length; ) {
    signal.throwIfAborted();
    const { bytesRead } = await file.read(piece, 0, Math.min(piece.length, length - done), done);
    if (bytesRead === 0) break;
    hash.update(piece.subarray(0, bytesRead));
    done += bytesRead;
  }
  return hash.digest('hex');
}
