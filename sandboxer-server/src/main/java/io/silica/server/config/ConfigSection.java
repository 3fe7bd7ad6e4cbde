// SPDX-License-Identifier: Apache-2.0
package io.silica.server.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Typed reading of one section. Each method makes its key a known one and answers the strongest
 * valid value, or the fallback. A value of the wrong type or out of range is recorded as a problem,
 * and the reading goes on with the fallback, so that the mapping always comes to its end and every
 * problem is found in one go. For one thread.
 */
public final class ConfigSection {
    private static final Pattern NOT_EMPTY = Pattern.compile("(?s).+");

    private final String name;
    private final ConfigReader reader;

    ConfigSection(String name, ConfigReader reader) {
        this.name = name;
        this.reader = reader;
    }

    public String string(String key, String fallback) {
        return string(key, fallback, NOT_EMPTY, "a string that is not empty");
    }

    /**
     * A string of a given form.
     *
     * @param expected the form in words, for the message: "a name of lower-case letters"
     */
    public String string(String key, String fallback, Pattern pattern, String expected) {
        return read(key, fallback, ValueType.string(pattern, expected));
    }

    public boolean bool(String key, boolean fallback) {
        return read(key, fallback, ValueType.bool());
    }

    /** An integer from {@code least} to {@code most}, both included. */
    public int integer(String key, int fallback, int least, int most) {
        return read(key, fallback, ValueType.integer(least, most));
    }

    /** A duration like {@code "5s"} from {@code least} to {@code most}, both included. */
    public Duration duration(String key, Duration fallback, Duration least, Duration most) {
        return read(key, fallback, ValueType.duration(least, most));
    }

    /** A size like {@code "64MiB"} from {@code least} to {@code most}, both included. */
    public ByteSize size(String key, ByteSize fallback, ByteSize least, ByteSize most) {
        return read(key, fallback, ValueType.size(least, most));
    }

    /** A constant of an enum, written in lower case and with dashes. */
    public <E extends Enum<E>> E oneOf(String key, E fallback) {
        return read(key, fallback, ValueType.oneOf(fallback.getDeclaringClass()));
    }

    /** An absolute path. */
    public Path path(String key, Path fallback) {
        return read(key, fallback, ValueType.path());
    }

    /** An absolute path that fits the address of a Unix socket; the fallback is checked, too. */
    public Path socket(String key, Path fallback) {
        var path = read(key, fallback, ValueType.socket());
        checkDerived(key, path);
        return path;
    }

    /** As {@link #socket}, where {@code ""} says that there shall be none. */
    public Optional<Path> optionalSocket(String key, Optional<Path> fallback) {
        var path = read(key, fallback.orElse(ValueType.NONE), ValueType.socketOrNone());
        checkDerived(key, path);
        return Optional.of(path).filter(Path::isAbsolute);
    }

    public List<String> strings(String key, List<String> fallback) {
        return read(key, List.copyOf(fallback), ValueType.strings());
    }

    /**
     * Records what a mapping itself finds wrong, for instance with two values together; it is
     * reported at the place of the value of {@code key}, which has been read before.
     */
    public void problem(String key, String what, String hint) {
        reader.problem(reader.origin(name, key), name + "." + key + " " + what, hint);
    }

    /**
     * A fallback made of another value, say a directory, can be too long although nobody wrote it.
     */
    private void checkDerived(String key, Path path) {
        if (!ValueType.fitsSocketAddress(path)) {
            problem(
                    key,
                    "is " + Quoted.of(path.toString()),
                    "expected " + ValueType.socket().expected());
        }
    }

    private <T> T read(String key, T fallback, ValueType<T> type) {
        return reader.read(name, key, fallback, type);
    }
}
