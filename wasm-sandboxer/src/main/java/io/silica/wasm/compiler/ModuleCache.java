// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm.compiler;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;

import io.silica.linux.Descriptor;
import io.silica.linux.DetachedMount;
import io.silica.linux.Errno;
import io.silica.linux.FileStatus;
import io.silica.linux.FileType;
import io.silica.linux.LinuxException;
import io.silica.linux.OpenFile;
import io.silica.linux.OpenFlag;
import io.silica.wasm.engine.ModuleDigest;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;

/**
 * Compiled modules on disk, in a directory that nobody else may enter: those that were used last,
 * up to a number of bytes. Whatever is not exactly what was once put there is thrown away. It is
 * looked at when it is first needed.
 *
 * <p>Any thread may call any method; each blocks for as long as the file system does.
 */
final class ModuleCache {
    private static final System.Logger LOG = System.getLogger(ModuleCache.class.getName());

    /** How the names of files begin that are being written. */
    private static final String FRESH = "new-";

    private static final int OTHERS = 0x3F;

    private static final FileAttribute<?> PRIVATE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

    private final Path directory;
    private final long capacity;
    private final LongAdder discarded = new LongAdder();
    private final Map<CacheKey, Long> sizes = new LinkedHashMap<>(16, 0.75f, true);
    private long size;
    private long fresh;
    private boolean isOpen;

    /**
     * Looks at nothing yet.
     *
     * @param directory made if it is missing
     * @param capacity bytes of files to keep
     */
    ModuleCache(Path directory, long capacity) {
        this.directory = directory;
        this.capacity = capacity;
    }

    /** How many files were not what they had to be. */
    long discarded() {
        return discarded.sum();
    }

    /** Bytes of files that are kept. */
    synchronized long size() {
        return size;
    }

    private synchronized void open() throws IOException {
        if (isOpen) {
            return;
        }
        Files.createDirectories(directory, PRIVATE);
        if (!Files.isDirectory(directory, NOFOLLOW_LINKS)) {
            throw new IOException(directory + " is no directory");
        }
        if (!Files.getAttribute(directory, "unix:uid", NOFOLLOW_LINKS).equals(ourselves())) {
            throw new IOException(directory + " is another user's");
        }
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
        for (var file : eldestFirst()) {
            if (CacheKey.isOne(file.getFileName().toString())) {
                count(new CacheKey(file.getFileName().toString()), Files.size(file));
            } else if (file.getFileName().toString().startsWith(FRESH)) {
                Files.delete(file);
            }
        }
        isOpen = true;
        evict();
    }

    private static Object ourselves() throws IOException {
        return Files.getAttribute(Path.of("/proc/self"), "unix:uid");
    }

    private List<Path> eldestFirst() throws IOException {
        try (var files = Files.list(directory)) {
            return files.filter(it -> Files.isRegularFile(it, NOFOLLOW_LINKS))
                    .sorted(Comparator.comparing(ModuleCache::used))
                    .toList();
        }
    }

    private static FileTime used(Path file) {
        try {
            return Files.getLastModifiedTime(file, NOFOLLOW_LINKS);
        } catch (IOException _) {
            return FileTime.fromMillis(0);
        }
    }

    /** A file to write to, which is the caller's. */
    FreshFile fresh() throws IOException {
        open();
        try {
            return FreshFile.create(directory.resolve(FRESH + next()));
        } catch (NoSuchFileException _) {
            openAnew();
            return FreshFile.create(directory.resolve(FRESH + next()));
        }
    }

    /** Somebody has removed the directory, with all that was in it. */
    private synchronized void openAnew() throws IOException {
        if (Files.notExists(directory, NOFOLLOW_LINKS)) {
            sizes.clear();
            size = 0;
            isOpen = false;
        }
        open();
    }

    private synchronized long next() {
        return fresh++;
    }

    /**
     * A compiled module that is kept, open for reading in a mount that cannot be written to; empty
     * if there is none.
     */
    Optional<Descriptor> find(CacheKey key, ModuleDigest module) throws IOException {
        open();
        var found = sound(key, module);
        if (found.isEmpty()) {
            return Optional.empty();
        }
        try (var file = found.get()) {
            touch(key, file);
            return Optional.of(readOnly(file));
        }
    }

    private Optional<Descriptor> sound(CacheKey key, ModuleDigest module) throws IOException {
        try {
            var file =
                    Descriptor.open(
                            file(key), OpenFlag.READ, OpenFlag.NO_FOLLOW, OpenFlag.NON_BLOCKING);
            var problem = problem(file, key, module);
            if (problem.isEmpty()) {
                return Optional.of(file);
            }
            file.close();
            discard(key, problem.get());
        } catch (LinuxException e) {
            if (e.errno() == Errno.ENOENT) {
                forgetMissing(key);
            } else {
                discard(key, String.valueOf(e.getMessage()));
            }
        }
        return Optional.empty();
    }

    private Path file(CacheKey key) {
        return directory.resolve(key.hex());
    }

    private static Optional<String> problem(Descriptor file, CacheKey key, ModuleDigest module)
            throws IOException {
        var status = FileStatus.of(file);
        if (status.type() != FileType.REGULAR || status.links() != 1) {
            return Optional.of("it is no file, or has other names");
        }
        if (!ourselves().equals((int) status.owner()) || (status.permissions() & OTHERS) != 0) {
            return Optional.of("others own it or may use it");
        }
        var header = CompiledFile.of(file);
        if (header.isEmpty()
                || !header.get().key().equals(key.hex())
                || !header.get().module().equals(module)) {
            return Optional.of("it is another one");
        }
        if (status.size() - CompiledFile.HEADER != header.get().length()) {
            return Optional.of("it is not as long as it says");
        }
        var digest = ModuleCopy.digest(file, CompiledFile.HEADER, Long.MAX_VALUE);
        return digest.hex().equals(header.get().content())
                ? Optional.empty()
                : Optional.of("it was changed");
    }

    /**
     * The same file where the kernel lets nobody write: a worker runs as the user who owns it, and
     * could open what it holds once more.
     */
    static Descriptor readOnly(Descriptor file) {
        try (var mount = DetachedMount.bind(file)) {
            mount.restrict(true);
            return OpenFile.reopen(mount.descriptor(), OpenFlag.READ).descriptor();
        }
    }

    /**
     * Keeps a compiled module, and opens it as {@link #find} does. One that is too large to be kept
     * is gone with its last descriptor.
     *
     * @param file with all of it, and room for the header
     */
    Descriptor put(FreshFile file, CacheKey key, ModuleDigest module) throws IOException {
        file.begin(new CompiledFile(key.hex(), module, file.length(), file.digest()).header());
        try (var written = Descriptor.open(file.path(), OpenFlag.READ, OpenFlag.NO_FOLLOW)) {
            var opened = readOnly(written);
            keep(file, key);
            return opened;
        }
    }

    private synchronized void keep(FreshFile file, CacheKey key) {
        long bytes = file.length() + CompiledFile.HEADER;
        if (bytes > capacity) {
            return;
        }
        try {
            Files.move(file.path(), file(key), StandardCopyOption.ATOMIC_MOVE);
            count(key, bytes);
            evict();
        } catch (IOException e) {
            LOG.log(Level.WARNING, "a compiled module is not kept", e);
        }
    }

    private void count(CacheKey key, long bytes) {
        var before = sizes.put(key, bytes);
        size += bytes - (before == null ? 0 : before);
    }

    /** Who has one open keeps it. */
    private void evict() {
        var eldest = sizes.entrySet().iterator();
        while (size > capacity && eldest.hasNext()) {
            var entry = eldest.next();
            delete(entry.getKey());
            size -= entry.getValue();
            eldest.remove();
        }
    }

    private void delete(CacheKey key) {
        try {
            Files.deleteIfExists(file(key));
        } catch (IOException e) {
            LOG.log(Level.WARNING, "a compiled module can't be deleted", e);
        }
    }

    private synchronized void touch(CacheKey key, Descriptor file) {
        var _ = sizes.get(key);
        OpenFile.setTimes(file, new OpenFile.Time.Kept(), new OpenFile.Time.Now());
    }

    /** Somebody may have put it there meanwhile. */
    private synchronized void forgetMissing(CacheKey key) {
        if (Files.notExists(file(key), NOFOLLOW_LINKS)) {
            forget(key);
        }
    }

    private synchronized void forget(CacheKey key) {
        var bytes = sizes.remove(key);
        size -= bytes == null ? 0 : bytes;
    }

    /** Throws one away that is of no use. */
    synchronized void discard(CacheKey key, String why) {
        LOG.log(Level.WARNING, "the compiled module {0} is thrown away: {1}", key.hex(), why);
        discarded.increment();
        forget(key);
        delete(key);
    }
}
