// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm.engine.wasi;

import io.silica.linux.Errno;

/** The errors of WASI preview 1 that functions of ours give, by their numbers in its witx files. */
final class WasiErrno {
    static final int SUCCESS = 0;
    static final int AGAIN = 6;
    static final int BAD_DESCRIPTOR = 8;
    static final int ILLEGAL_BYTES = 25;
    static final int INVALID = 28;
    static final int IO = 29;
    static final int IS_DIRECTORY = 31;
    static final int LOOP = 32;
    static final int TOO_MANY_FILES = 33;
    static final int NAME_TOO_LONG = 37;
    static final int NO_ENTRY = 44;
    static final int NOT_CONNECTED = 53;
    static final int NOT_DIRECTORY = 54;
    static final int NOT_SOCKET = 57;
    static final int NOT_SUPPORTED = 58;
    static final int READ_ONLY = 69;
    static final int CANNOT_SEEK = 70;
    static final int EXISTS = 20;
    static final int NOT_CAPABLE = 76;

    private WasiErrno() {}

    static int of(Errno errno) {
        return switch (errno) {
            case E2BIG -> 1;
            case EACCES -> 2;
            case EAGAIN -> AGAIN;
            case EBADF -> BAD_DESCRIPTOR;
            case EBUSY -> 10;
            case ECONNABORTED -> 13;
            case ECONNRESET -> 15;
            case EDQUOT -> 19;
            case EEXIST -> EXISTS;
            case EFAULT -> 21;
            case EFBIG -> 22;
            case EINTR -> 27;
            case EINVAL -> INVALID;
            case EISDIR -> IS_DIRECTORY;
            case ELOOP -> LOOP;
            case EMFILE -> TOO_MANY_FILES;
            case EMLINK -> 34;
            case ENAMETOOLONG -> NAME_TOO_LONG;
            case ENETDOWN -> 38;
            case ENFILE -> 41;
            case ENOBUFS -> 42;
            case ENODEV -> 43;
            case ENOENT -> NO_ENTRY;
            case ENOMEM -> 48;
            case ENOSPC -> 51;
            case ENOSYS -> 52;
            case ENOTCONN -> NOT_CONNECTED;
            case ENOTDIR -> NOT_DIRECTORY;
            case ENOTEMPTY -> 55;
            case ENOTSOCK -> NOT_SOCKET;
            case EOPNOTSUPP -> NOT_SUPPORTED;
            case ENXIO -> 60;
            case EOVERFLOW -> 61;
            case EPERM -> 63;
            case EPIPE -> 64;
            case EPROTO -> 65;
            case EROFS -> READ_ONLY;
            case ESPIPE -> CANNOT_SEEK;
            case ESTALE -> 72;
            case ETIMEDOUT -> 73;
            case ETXTBSY -> 74;
            case EXDEV -> 75;
            default -> IO;
        };
    }
}
