// SPDX-License-Identifier: Apache-2.0
package io.silica.server.config;

import static java.util.stream.Collectors.joining;

import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.tomlj.TomlArray;

/**
 * What may stand behind a key.
 *
 * @param expected what is right, in words that follow "expected"
 * @param parser turns what tomlj found into the value; empty if it is of the wrong type or out of
 *     range
 * @param toToml spells the value so that the parser would read it back
 */
record ValueType<T>(
        String expected, Function<Object, Optional<T>> parser, Function<T, String> toToml) {
    /** {@code sun_path} holds 108 bytes, the last of them zero: unix(7). */
    static final int LONGEST_SOCKET_PATH = 107;

    static final Path NONE = Path.of("");

    Optional<T> parse(RawValue raw) {
        return parser.apply(raw.value());
    }

    static ValueType<String> string(Pattern pattern, String expected) {
        return ofString(
                expected,
                text -> Optional.of(text).filter(pattern.asMatchPredicate()),
                Function.identity());
    }

    static ValueType<Boolean> bool() {
        return new ValueType<>("true or false", raw -> cast(Boolean.class, raw), String::valueOf);
    }

    static ValueType<Integer> integer(int least, int most) {
        return new ValueType<>(
                "an integer from " + least + " to " + most,
                raw ->
                        cast(Long.class, raw)
                                .filter(n -> least <= n && n <= most)
                                .map(Long::intValue),
                String::valueOf);
    }

    static ValueType<Duration> duration(Duration least, Duration most) {
        return ofString(
                "a duration from \""
                        + DurationText.format(least)
                        + "\" to \""
                        + DurationText.format(most)
                        + "\"",
                text -> DurationText.parse(text).filter(d -> within(least, d, most)),
                DurationText::format);
    }

    static ValueType<ByteSize> size(ByteSize least, ByteSize most) {
        return ofString(
                "a size from \"" + least + "\" to \"" + most + "\"",
                text -> ByteSize.parse(text).filter(size -> within(least, size, most)),
                ByteSize::toString);
    }

    static <E extends Enum<E>> ValueType<E> oneOf(Class<E> type) {
        var constants = List.of(type.getEnumConstants());
        return ofString(
                "one of "
                        + constants.stream().map(c -> Quoted.of(dashed(c))).collect(joining(", ")),
                text -> constants.stream().filter(c -> dashed(c).equals(text)).findFirst(),
                ValueType::dashed);
    }

    static ValueType<Path> path() {
        return ofString("an absolute path", ValueType::absolutePath, Path::toString);
    }

    static ValueType<Path> socket() {
        return ofString(
                "an absolute path of at most " + LONGEST_SOCKET_PATH + " bytes",
                text -> absolutePath(text).filter(ValueType::fitsSocketAddress),
                Path::toString);
    }

    /** As {@link #socket}, where the empty path says that there shall be none. */
    static ValueType<Path> socketOrNone() {
        var socket = socket();
        return ofString(
                socket.expected + ", or \"\" for none",
                text -> text.isEmpty() ? Optional.of(NONE) : socket.parser.apply(text),
                Path::toString);
    }

    static ValueType<List<String>> strings() {
        return new ValueType<>(
                "an array of strings",
                raw -> cast(TomlArray.class, raw).flatMap(ValueType::allStrings),
                list -> list.stream().map(Quoted::of).collect(joining(", ", "[", "]")));
    }

    static boolean fitsSocketAddress(Path path) {
        return path.toString().getBytes(StandardCharsets.UTF_8).length <= LONGEST_SOCKET_PATH;
    }

    private static <T> ValueType<T> ofString(
            String expected, Function<String, Optional<T>> parser, Function<T, String> text) {
        return new ValueType<>(
                expected,
                raw -> cast(String.class, raw).flatMap(parser),
                value -> Quoted.of(text.apply(value)));
    }

    private static <T> Optional<T> cast(Class<T> type, Object raw) {
        return type.isInstance(raw) ? Optional.of(type.cast(raw)) : Optional.empty();
    }

    private static <C extends Comparable<C>> boolean within(C least, C value, C most) {
        return least.compareTo(value) <= 0 && value.compareTo(most) <= 0;
    }

    private static String dashed(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static Optional<Path> absolutePath(String text) {
        try {
            return Optional.of(Path.of(text)).filter(Path::isAbsolute);
        } catch (InvalidPathException noPath) {
            return Optional.empty();
        }
    }

    private static Optional<List<String>> allStrings(TomlArray array) {
        var strings = new ArrayList<String>();
        for (int i = 0; i < array.size(); i++) {
            cast(String.class, array.get(i)).ifPresent(strings::add);
        }
        return strings.size() == array.size()
                ? Optional.of(List.copyOf(strings))
                : Optional.empty();
    }
}
