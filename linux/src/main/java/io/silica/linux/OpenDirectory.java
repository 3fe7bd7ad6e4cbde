// SPDX-License-Identifier: Apache-2.0
package io.silica.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * A directory that is open, and the names in it. A name is a single one, and what it is itself is
 * meant: no link is followed. Native because the JDK goes by paths.
 *
 * <p>Any thread may call any method; each can block for as long as the file system does not answer:
 * on a platform thread only, where others own it.
 */
public final class OpenDirectory implements AutoCloseable {
    private static final int AT_FDCWD = -100;
    private static final int AT_REMOVEDIR = 0x200;
    private static final int AT_SYMLINK_FOLLOW = 0x400;
    private static final int LARGEST_LINK = 4096;
    private static final long CHUNK = 32 << 10;

    /** The longest name fits into it. */
    private static final long SMALLEST_CHUNK = 512;

    /** Where the fields are in {@code struct linux_dirent64}. */
    private static final long NEXT = 8;

    private static final long LENGTH = 16;
    private static final long TYPE = 18;
    private static final long NAME = 19;

    private final Descriptor descriptor;

    /** Owns the descriptor from now on; it may be one that only names a place. */
    public OpenDirectory(Descriptor descriptor) {
        this.descriptor = descriptor;
    }

    /**
     * An entry of a directory.
     *
     * @param name what is no text in it is replaced, and cannot be used
     * @param inode the number of what it names
     * @param next where the entry after it is
     */
    public record Entry(String name, FileType type, long inode, long next) {}

    /** It stays the property of this. */
    public Descriptor descriptor() {
        return descriptor;
    }

    /** Makes a directory; the umask takes bits away from the mode. */
    public void createDirectory(String name, int mode) {
        try (var arena = Arena.ofConfined()) {
            call(Syscall.MKDIRAT, name, arena, mode);
        }
    }

    public void removeFile(String name) {
        try (var arena = Arena.ofConfined()) {
            call(Syscall.UNLINKAT, name, arena, 0);
        }
    }

    public void removeDirectory(String name) {
        try (var arena = Arena.ofConfined()) {
            call(Syscall.UNLINKAT, name, arena, AT_REMOVEDIR);
        }
    }

    private void call(Syscall call, String name, Arena arena, long argument) {
        long result = descriptor.attempt(call, arena.allocateFrom(checked(name)), argument, 0);
        call.check(result, subject(name));
    }

    /** Moves what has a name to another one, which it takes from what had it. */
    public void rename(String name, OpenDirectory target, String newName) {
        callBoth(Syscall.RENAMEAT2, name, target, newName);
    }

    /** Gives what a descriptor is a further name here. */
    public void link(Descriptor place, String newName) {
        try (var arena = Arena.ofConfined()) {
            var from = arena.allocateFrom(OpenFile.magicLink(place).toString());
            long to = arena.allocateFrom(checked(newName)).address();
            var call = Syscall.LINKAT;
            long result =
                    place.borrow(
                            call,
                            _ ->
                                    descriptor.borrow(
                                            call,
                                            n ->
                                                    call.invoke(
                                                            AT_FDCWD,
                                                            from,
                                                            n,
                                                            to,
                                                            AT_SYMLINK_FOLLOW,
                                                            0)));
            call.check(result, subject(newName));
        }
    }

    /** Gives what has a name a further one, also if it is a link itself. */
    public void link(String name, OpenDirectory target, String newName) {
        callBoth(Syscall.LINKAT, name, target, newName);
    }

    private void callBoth(Syscall call, String name, OpenDirectory target, String newName) {
        try (var arena = Arena.ofConfined()) {
            var from = arena.allocateFrom(checked(name));
            long to = arena.allocateFrom(checked(newName)).address();
            long result =
                    descriptor.borrow(
                            call,
                            a ->
                                    target.descriptor.borrow(
                                            call, b -> call.invoke(a, from, b, to, 0, 0)));
            call.check(result, subject(name));
        }
    }

    /** Makes a symbolic link with whatever contents. */
    public void symbolicLink(String contents, String name) {
        try (var arena = Arena.ofConfined()) {
            long text = arena.allocateFrom(contents).address();
            var link = arena.allocateFrom(checked(name)).address();
            var call = Syscall.SYMLINKAT;
            long result = descriptor.borrow(call, n -> call.invoke(text, n, link, 0));
            call.check(result, subject(name));
        }
    }

    /** The contents of a symbolic link, which may be no text. */
    public byte[] readLink(String name) {
        try (var arena = Arena.ofConfined()) {
            var path = arena.allocateFrom(checked(name));
            var buffer = arena.allocate(LARGEST_LINK);
            var call = Syscall.READLINKAT;
            long result = descriptor.attempt(call, path, buffer.address(), LARGEST_LINK);
            long length = call.check(result, subject(name));
            return buffer.asSlice(0, length).toArray(JAVA_BYTE);
        }
    }

    /**
     * Some of the entries, in the order of the file system; empty at the end. The directory has to
     * be open for reading.
     *
     * @param from where to begin: 0, or what an entry said is next
     * @param bytes about how many of entries there shall be; they come in chunks of a bounded size
     */
    public List<Entry> list(long from, long bytes) {
        descriptor.call(Syscall.LSEEK, from, 0);
        long chunk = Math.clamp(bytes, SMALLEST_CHUNK, CHUNK);
        try (var arena = Arena.ofConfined()) {
            var buffer = arena.allocate(chunk, 8);
            long count = descriptor.attempt(Syscall.GETDENTS64, buffer, chunk, 0);
            Syscall.GETDENTS64.check(count, descriptor.label());
            return entries(buffer.asSlice(0, count));
        }
    }

    private static List<Entry> entries(MemorySegment buffer) {
        var entries = new ArrayList<Entry>();
        long at = 0;
        while (at < buffer.byteSize()) {
            int length = Short.toUnsignedInt(buffer.get(JAVA_SHORT, at + LENGTH));
            entries.add(entry(buffer.asSlice(at, length)));
            at += length;
        }
        return entries;
    }

    private static Entry entry(MemorySegment entry) {
        var name = entry.asSlice(NAME).toArray(JAVA_BYTE);
        int end = 0;
        while (name[end] != 0) {
            end++;
        }
        return new Entry(
                new String(name, 0, end, UTF_8),
                FileType.of(entry.get(JAVA_BYTE, TYPE)),
                entry.get(JAVA_LONG, 0),
                entry.get(JAVA_LONG, NEXT));
    }

    /** A path would be resolved without any bounds. */
    private static String checked(String name) {
        if (name.isEmpty() || name.contains("/") || name.equals(".") || name.equals("..")) {
            throw new IllegalArgumentException("not a single name: " + name);
        }
        return name;
    }

    private String subject(String name) {
        return "%s in %s".formatted(name, descriptor.label());
    }

    @Override
    public void close() {
        descriptor.close();
    }
}
