/**
 * Archives by `@zip.js/zip.js`: its version is named here and nowhere else. It runs without any permission, reads an archive piece by piece, and
 * checks what it unpacks.
 *
 * @module
 */
import { configure } from "npm:@zip.js/zip.js@2.24.0";

export {
  BlobReader,
  BlobWriter,
  type FileEntry,
  Reader,
  ZipReader,
  ZipWriter,
} from "npm:@zip.js/zip.js@2.24.0";

// A worker would need the permission to read its file, which pages may not give.
configure({ useWebWorkers: false });
