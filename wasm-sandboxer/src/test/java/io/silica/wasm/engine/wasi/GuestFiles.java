// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm.engine.wasi;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.silica.linux.Beneath;
import io.silica.linux.LinuxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** The functions of WASI as a guest calls them that has directories open, from 0 on. */
final class GuestFiles implements AutoCloseable {
    static final long READ = 1 << 1;
    static final long WRITE = 1 << 6;
    static final int CREATE = 1;
    static final int DIRECTORY = 2;
    static final int EXCLUSIVE = 4;
    static final int TRUNCATE = 8;

    private static final int RESULT = 0;
    private static final int VECTOR = 16;
    private static final int STATUS = 64;
    private static final int FIRST = 1024;
    private static final int SECOND = 8192;
    private static final int BUFFER = 16384;
    private static final int BUFFER_BYTES = 4096;

    private final Memory memory = new ArrayMemory(65536);
    private final DescriptorTable table = new DescriptorTable();
    private final Map<String, WasiFunction> functions = new HashMap<>();

    GuestFiles(Path... directories) {
        for (var directory : directories) {
            add(directory, false);
        }
        functions.putAll(new DescriptorFunctions(table).functions());
        functions.putAll(new PathFunctions(table).functions());
        functions.putAll(new Transfers(table).functions());
    }

    int add(Path directory, boolean readOnly) {
        return table.add(
                new WasiDescriptor.Directory(
                        Beneath.of(directory), readOnly, Optional.of("/" + readOnly)));
    }

    /** Calls one with what it takes; text becomes an address and a length. The errno. */
    int call(String name, Object... args) {
        var all = new ArrayList<Long>();
        int at = FIRST;
        for (var arg : args) {
            if (arg instanceof Number number) {
                all.add(number.longValue());
            } else {
                var bytes = arg instanceof byte[] raw ? raw : ((String) arg).getBytes(UTF_8);
                memory.write(at, bytes);
                all.add((long) at);
                all.add((long) bytes.length);
                at = SECOND;
            }
        }
        try {
            Objects.requireNonNull(functions.get(name))
                    .call(memory, all.stream().mapToLong(n -> n).toArray());
            return 0;
        } catch (WasiFailure e) {
            return e.errno();
        } catch (LinuxException e) {
            return WasiErrno.of(e.errno());
        }
    }

    /** Follows links. The errno; what was opened is {@link #result}. */
    int open(Object path, int flags, long rights) {
        return open(0, 1, path, flags, rights);
    }

    int open(int directory, int lookup, Object path, int flags, long rights) {
        return call("path_open", directory, lookup, path, flags, rights, 0, 0, RESULT);
    }

    /** What the last function gave that gives a number. */
    int result() {
        return memory.readInt(RESULT);
    }

    /** What is in a file; or the errno of what failed. */
    String read(String path) {
        int errno = open(path, 0, READ);
        if (errno != 0) {
            return "errno " + errno;
        }
        int file = result();
        var text = readOpen(file);
        call("fd_close", file);
        return text;
    }

    String readOpen(int file) {
        vector(BUFFER_BYTES);
        int errno = call("fd_read", file, VECTOR, 1, RESULT);
        return errno == 0 ? text(result()) : "errno " + errno;
    }

    int write(int file, String text) {
        memory.write(BUFFER, text.getBytes(UTF_8));
        vector(text.length());
        return call("fd_write", file, VECTOR, 1, RESULT);
    }

    private void vector(int length) {
        memory.writeI32(VECTOR, BUFFER);
        memory.writeI32(VECTOR + 4, length);
    }

    String readLink(String path) {
        int errno = call("path_readlink", 0, path, BUFFER, BUFFER_BYTES, RESULT);
        return errno == 0 ? text(result()) : "errno " + errno;
    }

    /** The errno of a question; the answer is {@link #size} and {@link #type}. */
    int status(String path, int lookup) {
        return call("path_filestat_get", 0, lookup, path, STATUS);
    }

    int statusOpen(int descriptor) {
        return call("fd_filestat_get", descriptor, STATUS);
    }

    long size() {
        return memory.readLong(STATUS + 32);
    }

    int type() {
        return memory.read(STATUS + 16);
    }

    long modified() {
        return memory.readLong(STATUS + 48);
    }

    /** All names in a directory, read with room for so many bytes at a time. */
    List<String> list(int directory, int room) {
        var names = new ArrayList<String>();
        long cookie = 0;
        int used;
        do {
            int errno = call("fd_readdir", directory, BUFFER, room, cookie, RESULT);
            if (errno != 0) {
                throw new AssertionError("errno " + errno);
            }
            used = result();
            int at = 0;
            while (at + 24 <= used) {
                int length = memory.readInt(BUFFER + at + 16);
                if (at + 24 + length > used) {
                    break;
                }
                names.add(new String(memory.readBytes(BUFFER + at + 24, length), UTF_8));
                cookie = memory.readLong(BUFFER + at);
                at += 24 + length;
            }
        } while (used == room);
        return names;
    }

    private String text(int length) {
        return new String(memory.readBytes(BUFFER, length), ISO_8859_1);
    }

    @Override
    public void close() {
        table.close();
    }
}
